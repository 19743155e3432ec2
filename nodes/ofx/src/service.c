#define _GNU_SOURCE
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "paths.h"
#include "spawn.h"

static const double START_SECONDS = 30.0, GRACE_SECONDS = 2.0;

/* Services this process has started: they are collected when they have ended, or they would stay as zombies. */
static pthread_mutex_t started_lock = PTHREAD_MUTEX_INITIALIZER;
static pid_t started[8];

static void remember(pid_t service) {
    pthread_mutex_lock(&started_lock);
    for (size_t i = 0; i < sizeof started / sizeof *started; i++)
        if (started[i] == 0) {
            started[i] = service;
            break;
        }
    pthread_mutex_unlock(&started_lock);
}

static void collect(void) {
    pthread_mutex_lock(&started_lock);
    for (size_t i = 0; i < sizeof started / sizeof *started; i++)
        if (started[i] != 0 && waitpid(started[i], NULL, WNOHANG) != 0)
            started[i] = 0;
    pthread_mutex_unlock(&started_lock);
}

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

/* Waits for somebody to listen. `service` is the process started for it. */
static int wait_for(const struct paths *paths, pid_t service, double deadline, const struct waiter *waiter, struct fault *fault) {
    char how[40] = "";
    for (;;) {
        int fd = try_connect(paths);
        if (fd >= 0)
            return fd;
        int why = errno;
        if (!nobody_listens(why) && why != EAGAIN)
            return unreachable(paths, why, fault);
        /* It may have ended because another one was quicker, which then listens soon. */
        if (!how[0] && service_ended(service, how, sizeof how)) {
            double grace = clock_seconds() + GRACE_SECONDS;
            deadline = grace < deadline ? grace : deadline;
        }
        if (clock_seconds() > deadline) {
            if (how[0])
                fault_set(fault, "the Doublure service did not start (%s); see %s.", how, paths->start_log);
            else
                fault_set(fault, "the Doublure service did not answer within %.0f seconds of its start; see %s.", START_SECONDS,
                          paths->start_log);
            return -1;
        }
        if (!waiter_slice(waiter))
            return aborted(fault);
    }
}

static int start(const struct paths *paths, int lock, const struct waiter *waiter, struct fault *fault) {
    double deadline = clock_seconds() + START_SECONDS;
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        /* Somebody else starts one. */
        int fd = try_connect(paths);
        if (fd >= 0)
            return fd;
        if (clock_seconds() > deadline) {
            fault_set(fault, "the Doublure service does not start; see %s.", paths->start_log);
            return -1;
        }
        if (!waiter_slice(waiter))
            return aborted(fault);
    }
    int fd = try_connect(paths);
    if (fd >= 0)
        return fd;
    pid_t service = service_spawn(paths, fault);
    if (service < 0)
        return -1;
    remember(service);
    fd = wait_for(paths, service, deadline, waiter, fault);
    return fd;
}

int service_connect(const struct waiter *waiter, struct fault *fault) {
    struct paths paths;
    collect();
    if (!paths_find(&paths, fault))
        return -1;
    double deadline = clock_seconds() + START_SECONDS;
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
    int fd = start(&paths, lock, waiter, fault);
    close(lock);
    return fd;
}
