/* Params' values at a time. */
#ifndef DOUBLURE_VALUES_H
#define DOUBLURE_VALUES_H

#include "instance.h"
#include "text.h"

/* The node's params as one JSON object, choices by label. False, with the sentence, where the host does not give one, a
   required one is empty or a path is not absolute. */
bool values_json(struct instance *instance, OfxTime time, struct text *json, struct fault *fault);

/* The input that the node passes through at that time, NULL where it has to render. */
const struct clip *values_identity(struct instance *instance, OfxTime time);

#endif
