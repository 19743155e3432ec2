/* Why something failed: one sentence for the artist. */
#ifndef DOUBLURE_FAULT_H
#define DOUBLURE_FAULT_H

#include <stdbool.h>

struct fault {
    bool aborted; /* The host asked to stop: nothing is to be told. */
    bool lost;    /* The service's connection ended or made no sense: another one may do. */
    bool final;   /* Another try would end the same way. */
    char sentence[1200];
};

/* Writes the sentence; returns false, so that a function can end with it. Longer ones are cut at a whole character. */
bool fault_set(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
