/* What A of the result is: the plate's own, or another channel of it that the artist chose. */
#ifndef DOUBLURE_ALPHA_H
#define DOUBLURE_ALPHA_H

#include "instance.h"

/* The channel that goes out as A, NULL for A itself. False, with the sentence, where the host gives the choice no value. */
bool alpha_find(const struct instance *instance, OfxTime time, const char **channel, struct fault *fault);

#endif
