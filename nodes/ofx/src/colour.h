/* The colour space of what the host hands over. */
#ifndef DOUBLURE_COLOUR_H
#define DOUBLURE_COLOUR_H

#include "instance.h"

enum { SPACE_ROOM = 128 };

/* Tells the host, where it manages colour, that the plug-in does too; `Host` is then a choice. Whether it is. */
bool colour_offer(OfxPropertySetHandle plugin);

/* The spaces that pictures of a clip are wanted in, best first, into the clip preferences. */
void colour_prefer(OfxPropertySetHandle preferences, const char *clip);

/* The space of the pictures at that time: what the artist chose, or with `Host` what the host says of its clips. False,
   with the sentence, where the host does not say or its clips differ. */
bool colour_find(struct instance *instance, OfxTime time, char space[SPACE_ROOM], struct fault *fault);

#endif
