/* Services that this process has started, and how the last start went. */
#ifndef DOUBLURE_STARTS_H
#define DOUBLURE_STARTS_H

#include <sys/types.h>

#include "fault.h"

/* One that does not listen yet. */
struct starting {
    pid_t service; /* 0 where there is none. */
    double deadline;
};

/* Only for who holds the spawn lock. It outlives the frame that began it: an abort does not end it. */
struct starting *starts_current(void);

/* One that is not waited for any more: it is collected when it has ended, or it would stay as a zombie. */
void starts_add(pid_t service);
void starts_collect(void);

/* A start that failed is remembered for 10 s, so that not every frame waits for the same again. */
void starts_note_failure(const struct fault *fault);
bool starts_recall_failure(struct fault *fault);

#endif
