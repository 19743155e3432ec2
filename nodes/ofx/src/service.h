/* A socket to the render service, which is started where it does not run. */
#ifndef DOUBLURE_SERVICE_H
#define DOUBLURE_SERVICE_H

#include "clock.h"
#include "fault.h"

/* A connected, non-blocking socket, or -1 with the sentence (or `aborted`). Takes at most 30 s. */
int service_connect(const struct waiter *waiter, struct fault *fault);

#endif
