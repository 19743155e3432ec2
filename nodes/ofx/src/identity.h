/* When a node passes an input through unchanged. */
#ifndef DOUBLURE_IDENTITY_H
#define DOUBLURE_IDENTITY_H

#include "instance.h"

/* The clip whose picture, premultiplied, is the result at that time; NULL where the node has work to do. */
const struct clip *identity_find(struct instance *instance, OfxTime time);

/* Whether its picture is premultiplied, as results are, so that it can stand for one. */
bool identity_is_premultiplied(const struct clip *clip);

#endif
