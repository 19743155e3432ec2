#define _GNU_SOURCE
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "paths.h"
#include "patience.h"
#include "spawn.h"
#include "starts.h"

static const double GRACE_SECONDS = 2.0;

/* A socket; or -1 and errno. ENOENT and ECONNREFUSED: nobody listens. EAGAIN: too many wait at the door. */
static int try_connect(const struct paths *paths) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&paths->socket, sizeof paths->socket) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static bool nobody_listens(int why) { return why == ENOENT || why == ECONNREFUSED; }

static int unreachable(const struct paths *paths, int why, struct fault *fault) {
    fault_set(fault, "%s: the Doublure service cannot be reached (%s); its log is in %s.", paths->socket.sun_path, strerror(why),
              paths->logs);
    return -1;
}

static int aborted(struct fault *fault) {
    fault->aborted = true;
    return -1;
}

static void end_wait(struct starting *starting, bool runs) {
    if (runs)
        starts_add(starting->service);
    starting->service = 0;
}

/* Waits for the service that this process has started to listen. */
static int wait_for(const struct paths *paths, struct starting *starting, const struct waiter *waiter, struct fault *fault) {
    char how[40] = "";
    for (;;) {
        int fd = try_connect(paths), code = -1;
        int why = errno;
        if (fd >= 0 || (!nobody_listens(why) && why != EAGAIN)) {
            end_wait(starting, how[0] == '\0');
            return fd >= 0 ? fd : unreachable(paths, why, fault);
        }
        if (!how[0] && service_ended(starting->service, &code, how, sizeof how)) {
            /* Another one may have been quicker, which then listens soon. */
            double grace = clock_seconds() + (code == RUNS_ALREADY || code <= 0 ? GRACE_SECONDS : 0.0);
            starting->deadline = fmin(grace, starting->deadline);
        }
        if (clock_seconds() >= starting->deadline) {
            if (how[0])
                fault_set(fault, "the Doublure service did not start (%s); see %s.", how, paths->start_log);
            else {
                service_kill(starting->service);
                fault_set(fault, "the Doublure service did not answer within %.0f seconds of its start and was ended; see %s.",
                          patience_start_seconds(), paths->start_log);
            }
            end_wait(starting, how[0] == '\0');
            starts_note_failure(fault);
            return -1;
        }
        if (!waiter_slice(waiter))
            return aborted(fault);
    }
}

/* With the lock: nobody else starts one. A service that an aborted frame has left starting is waited for. */
static int start(const struct paths *paths, const struct waiter *waiter, struct fault *fault) {
    struct starting *starting = starts_current();
    if (starting->service == 0) {
        pid_t service = service_spawn(paths, fault);
        if (service < 0)
            return -1;
        *starting = (struct starting){service, clock_seconds() + patience_start_seconds()};
    }
    return wait_for(paths, starting, waiter, fault);
}

static int start_locked(const struct paths *paths, int lock, const struct waiter *waiter, struct fault *fault) {
    /* Who starts it gives up first, and then says why. */
    double deadline = clock_seconds() + patience_start_seconds() + GRACE_SECONDS;
    for (;;) {
        /* Somebody else may have started one by now, or failed. */
        bool mine = flock(lock, LOCK_EX | LOCK_NB) == 0;
        int fd = try_connect(paths);
        if (fd >= 0)
            return fd;
        if (starts_recall_failure(fault))
            return -1;
        if (mine)
            return start(paths, waiter, fault);
        if (clock_seconds() > deadline) {
            fault_set(fault, "the Doublure service does not start; see %s.", paths->start_log);
            return -1;
        }
        if (!waiter_slice(waiter))
            return aborted(fault);
    }
}

int service_connect(const struct waiter *waiter, struct fault *fault) {
    struct paths paths;
    starts_collect();
    if (!paths_find(&paths, fault))
        return -1;
    double deadline = clock_seconds() + patience_start_seconds();
    for (;;) {
        int fd = try_connect(&paths);
        if (fd >= 0)
            return fd;
        int why = errno;
        if (nobody_listens(why))
            break;
        if (why != EAGAIN || clock_seconds() > deadline)
            return unreachable(&paths, why, fault);
        if (!waiter_slice(waiter))
            return aborted(fault);
    }
    int lock = open(paths.spawn_lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return unreachable(&paths, errno, fault);
    int fd = start_locked(&paths, lock, waiter, fault);
    close(lock);
    return fd;
}
