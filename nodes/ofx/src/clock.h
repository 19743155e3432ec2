/* Time that only goes forward, and who may cut a wait short. */
#ifndef DOUBLURE_CLOCK_H
#define DOUBLURE_CLOCK_H

#include <stdbool.h>

enum { SLICE_MS = 50 };

/* Asked every SLICE_MS of every wait. */
struct waiter {
    bool (*stopped)(void *data);
    void *data;
    bool (*progress)(void *data, double fraction); /* May be NULL; answers false where the host wants to stop. */
};

double clock_seconds(void);

bool waiter_stopped(const struct waiter *waiter);

/* Sleeps one slice. False where the wait shall end. */
bool waiter_slice(const struct waiter *waiter);

#endif
