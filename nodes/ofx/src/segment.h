/* Memory shared with the service: anonymous, and sealed so that neither side can pull it from under the other. */
#ifndef DOUBLURE_SEGMENT_H
#define DOUBLURE_SEGMENT_H

#include <stddef.h>

#include "fault.h"

struct segment {
    void *at; /* NULL where there is none. */
    size_t bytes;
    int fd;
};

/* False, with the sentence, where memory does not suffice. */
bool segment_make(struct segment *segment, size_t bytes, struct fault *fault);
void segment_free(struct segment *segment);

#endif
