/* Starts the render service. */
#ifndef DOUBLURE_SPAWN_H
#define DOUBLURE_SPAWN_H

#include <sys/types.h>

#include "fault.h"
#include "paths.h"

/* Starts it in a session of its own, with a clean environment and no descriptor of the host's. Its process id, or -1
   with the sentence. */
pid_t service_spawn(const struct paths *paths, struct fault *fault);

/* Whether that process has ended; `how` then says how, in a few words. */
bool service_ended(pid_t service, char *how, size_t room);

#endif
