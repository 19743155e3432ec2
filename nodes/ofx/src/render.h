/* The action that makes pictures. */
#ifndef DOUBLURE_RENDER_H
#define DOUBLURE_RENDER_H

#include "instance.h"

/* kOfxStatOK and the output written, or kOfxStatFailed, the output untouched and the reason told to the artist; nothing
   is told where the host stopped it. */
OfxStatus render(struct instance *instance, OfxPropertySetHandle in);

#endif
