#define _GNU_SOURCE
#include "paths.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *set_in_environment(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static bool path_set(char *path, struct fault *fault, const char *format, ...) __attribute__((format(printf, 3, 4)));

static bool path_set(char *path, struct fault *fault, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(path, PATH_MAX, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= PATH_MAX)
        return fault_set(fault, "a folder of the Doublure service has too long a path; set DOUBLURE_RUNTIME_DIR to a short one.");
    return true;
}

static bool runtime_folder(char *folder, struct fault *fault) {
    const char *own = set_in_environment("DOUBLURE_RUNTIME_DIR"), *session = set_in_environment("XDG_RUNTIME_DIR");
    if (own)
        return path_set(folder, fault, "%s", own);
    if (session)
        return path_set(folder, fault, "%s/doublure", session);
    return path_set(folder, fault, "/tmp/doublure-%lu", (unsigned long)getuid());
}

/* Others must not be able to put their socket in the place of ours. */
static bool check_folder(const char *folder, struct fault *fault) {
    struct stat state;
    if (folder[0] != '/')
        return fault_set(fault, "%s: the service's folder is not an absolute path; correct DOUBLURE_RUNTIME_DIR.", folder);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, "%s: the service's folder cannot be made (%s); set DOUBLURE_RUNTIME_DIR to a folder of your own.",
                         folder, strerror(errno));
    if (lstat(folder, &state) != 0)
        return fault_set(fault, "%s: the service's folder cannot be read (%s).", folder, strerror(errno));
    if (!S_ISDIR(state.st_mode) || state.st_uid != getuid() || (state.st_mode & 077) != 0)
        return fault_set(fault,
                         "%s: the service's folder is not safe (it must be a folder of yours, no link, with mode 0700); remove it or "
                         "set DOUBLURE_RUNTIME_DIR.",
                         folder);
    return true;
}

static bool log_folder(char *folder, struct fault *fault) {
    const char *state = set_in_environment("XDG_STATE_HOME"), *home = set_in_environment("HOME");
    if (state)
        return path_set(folder, fault, "%s/doublure", state);
    char buffer[4096];
    struct passwd entry, *found = NULL;
    if (!home && getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        home = found->pw_dir;
    if (!home)
        return fault_set(fault, "there is no home folder for the Doublure service's log; set HOME or XDG_STATE_HOME.");
    return path_set(folder, fault, "%s/.local/state/doublure", home);
}

static void make_folders(const char *path) {
    char part[PATH_MAX];
    for (size_t i = 1; path[i - 1]; i++)
        if (path[i] == '/' || path[i] == '\0') {
            memcpy(part, path, i);
            part[i] = '\0';
            mkdir(part, 0700);
        }
}

bool paths_find(struct paths *paths, struct fault *fault) {
    char folder[PATH_MAX];
    if (!runtime_folder(folder, fault) || !check_folder(folder, fault) || !log_folder(paths->logs, fault) ||
        !path_set(paths->spawn_lock, fault, "%s/spawn.lock", folder) ||
        !path_set(paths->start_log, fault, "%s/service.err", paths->logs))
        return false;
    paths->socket = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t room = sizeof paths->socket.sun_path;
    if (strlen(folder) + sizeof "/service.sock" > room)
        return fault_set(fault, "%s: the path is too long for a socket; set DOUBLURE_RUNTIME_DIR to a shorter one.", folder);
    memcpy(paths->socket.sun_path, folder, strlen(folder));
    strcat(paths->socket.sun_path, "/service.sock");
    make_folders(paths->logs);
    return true;
}
