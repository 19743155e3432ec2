/* Starts the render service. */
#ifndef DOUBLURE_SPAWN_H
#define DOUBLURE_SPAWN_H

#include <sys/types.h>

#include "fault.h"
#include "paths.h"

/* Starts it in a session of its own, with a clean environment and no descriptor of the host's. Its process id, or -1
   with the sentence. */
pid_t service_spawn(const struct paths *paths, struct fault *fault);

/* Exit code of a service that found another one running. */
enum { RUNS_ALREADY = 3 };

/* Whether that process has ended; `how` then says how, in a few words, and `*code` is its exit code, -1 where it has
   none or somebody else knows it. */
bool service_ended(pid_t service, int *code, char *how, size_t room);

/* Ends it and whatever it has started. */
void service_kill(pid_t service);

#endif
