/* What an artist is told. */
#ifndef DOUBLURE_SAY_H
#define DOUBLURE_SAY_H

#include "instance.h"

/* A failure: it stays on the node until a frame comes out well, or is shown once where the host cannot keep it. */
void say_failed(struct instance *instance, const char *sentence);

/* A frame came out well, but the artist should know something, such as why it has no face. It stays like a failure;
   where the host cannot keep it, it is not shown. */
void say_note(struct instance *instance, const char *sentence);

/* A frame came out well. */
void say_nothing(struct instance *instance);

/* A result, in a passing window. */
void say_done(struct instance *instance, const char *sentence);

#endif
