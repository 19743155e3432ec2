#define _GNU_SOURCE
#include "clock.h"

#include <time.h>

double clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool waiter_stopped(const struct waiter *waiter) { return waiter && waiter->stopped && waiter->stopped(waiter->data); }

bool waiter_slice(const struct waiter *waiter) {
    if (waiter_stopped(waiter))
        return false;
    struct timespec slice = {0, SLICE_MS * 1000000L};
    nanosleep(&slice, NULL);
    return true;
}
