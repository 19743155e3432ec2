/* Where the render service is reached and where it logs (docs/service.md, "Where it lives"). */
#ifndef DOUBLURE_PATHS_H
#define DOUBLURE_PATHS_H

#include <limits.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fault.h"

struct paths {
    struct sockaddr_un socket;
    char spawn_lock[PATH_MAX];
    char logs[PATH_MAX];      /* Folder, made where it is missing. */
    char start_log[PATH_MAX]; /* What a service that does not start has said. */
};

/* Makes the runtime folder where it is missing. False, with the sentence, where it is not safe to use. */
bool paths_find(struct paths *paths, struct fault *fault);

#endif
