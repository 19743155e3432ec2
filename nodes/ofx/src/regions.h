/* The actions that only answer questions. */
#ifndef DOUBLURE_REGIONS_H
#define DOUBLURE_REGIONS_H

#include "instance.h"

/* The result covers what Source covers. */
OfxStatus region_of_definition(struct instance *instance, OfxPropertySetHandle in, OfxPropertySetHandle out);
/* The whole of every clip, for a node that needs it. */
OfxStatus regions_of_interest(struct instance *instance, OfxPropertySetHandle in, OfxPropertySetHandle out);
OfxStatus frames_needed(struct instance *instance, OfxPropertySetHandle in, OfxPropertySetHandle out);
OfxStatus is_identity(struct instance *instance, OfxPropertySetHandle in, OfxPropertySetHandle out);
OfxStatus clip_preferences(struct instance *instance, OfxPropertySetHandle out);
/* The result is in the colour space of Source. */
OfxStatus output_colourspace(OfxPropertySetHandle out);

#endif
