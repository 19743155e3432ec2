#define _GNU_SOURCE
#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"

extern char **environ;

/* What a host sets for its own Python and libraries would break ours. MLT sets an OCIO that no configuration answers to. */
static bool is_hosts(const char *entry) {
    static const char *const prefixes[] = {"PYTHON", "LD_",           "CONDA", "_CONDA",             "VIRTUAL_ENV",
                                           "QT_",    "OMP_PROC_BIND", "KMP_",  "OCIO=ocio://ocio://"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(entry, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static char **clean_environment(void) {
    size_t count = 0, kept = 0;
    while (environ && environ[count])
        count++;
    char **clean = calloc(count + 1, sizeof *clean);
    for (size_t i = 0; clean && i < count; i++)
        if (!is_hosts(environ[i]))
            clean[kept++] = environ[i];
    return clean;
}

/* The interpreter that installed the bundle, unless the environment names another. */
static char *find_python(void) {
    const char *own = getenv("DOUBLURE_PYTHON");
    if (own && *own)
        return strdup(own);
    size_t length = 0;
    char *text = resource("doublure.json", &length);
    struct json *root = text ? json_parse(text, length) : NULL;
    const char *python = json_string(root, "python", NULL);
    char *found = python ? strdup(python) : NULL;
    free(root);
    free(text);
    return found;
}

static void close_hosts_files(posix_spawn_file_actions_t *actions) {
#if defined(__GLIBC_PREREQ) && __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(actions, 3);
#else
    DIR *open_files = opendir("/proc/self/fd");
    for (struct dirent *entry; open_files && (entry = readdir(open_files));)
        if (atoi(entry->d_name) > 2 && atoi(entry->d_name) != dirfd(open_files))
            posix_spawn_file_actions_addclose(actions, atoi(entry->d_name));
    if (open_files)
        closedir(open_files);
#endif
}

static int spawn(const struct paths *paths, char *python, char **environment, pid_t *service) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    int status = posix_spawn_file_actions_init(&files);
    if (status != 0)
        return status;
    status = posix_spawnattr_init(&attributes);
    if (status != 0) {
        posix_spawn_file_actions_destroy(&files);
        return status;
    }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, paths->start_log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    close_hosts_files(&files);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    char isolated[] = "-I", module[] = "-m", name[] = "doublure.nodes.service";
    char *arguments[] = {python, isolated, module, name, NULL};
    status = posix_spawn(service, python, &files, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return status;
}

pid_t service_spawn(const struct paths *paths, struct fault *fault) {
    char *python = find_python();
    if (!python) {
        fault_set(fault, "the bundle does not say which Python runs the Doublure service; run doublure ofx install again.");
        return -1;
    }
    char **environment = clean_environment();
    pid_t service = -1;
    int status = environment ? spawn(paths, python, environment, &service) : ENOMEM;
    if (status != 0) {
        fault_set(fault,
                  "%s: the Doublure service cannot be started (%s; its log would be %s); run doublure ofx install again, or set "
                  "DOUBLURE_PYTHON.",
                  python, strerror(status), paths->start_log);
        service = -1;
    }
    free(environment);
    free(python);
    return service;
}

bool service_ended(pid_t service, int *code, char *how, size_t room) {
    int status = 0;
    *code = -1;
    pid_t found = waitpid(service, &status, WNOHANG);
    if (found == 0)
        return false;
    if (found == service && WIFEXITED(status)) {
        *code = WEXITSTATUS(status);
        snprintf(how, room, "exit code %d", *code);
    } else if (found == service && WIFSIGNALED(status))
        snprintf(how, room, "signal %d", WTERMSIG(status));
    else if (kill(service, 0) == 0)
        return false; /* The host collects its children itself. */
    else
        snprintf(how, room, "it has ended");
    return true;
}

/* It leads a session, and so a group, of its own. */
void service_kill(pid_t service) { kill(-service, SIGKILL); }
