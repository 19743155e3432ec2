/* Connections to the service that are kept for the next frame. Safe between threads. */
#ifndef DOUBLURE_POOL_H
#define DOUBLURE_POOL_H

#include "client.h"

/* A kept connection that is alive, or a new one. NULL with the fault. */
struct client *pool_take(const struct waiter *waiter, struct fault *fault);

/* Gives it back; where it is `lost`, or the pool has enough, it is ended. */
void pool_give(struct client *client, bool lost);

/* Ends all that are kept. */
void pool_empty(void);

#endif
