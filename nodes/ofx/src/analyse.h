/* The button Track: the whole of Source goes to the service, which writes the sidecar. */
#ifndef DOUBLURE_ANALYSE_H
#define DOUBLURE_ANALYSE_H

#include "instance.h"

/* Every frame or nothing: a fault, or the artist's stop, leaves the sidecar as it was. The artist is told the end. */
OfxStatus analyse(struct instance *instance, OfxTime now);

#endif
