/* Pictures of clips. */
#ifndef DOUBLURE_IMAGE_H
#define DOUBLURE_IMAGE_H

#include "instance.h"
#include "pixels.h"

struct image {
    OfxPropertySetHandle handle; /* NULL where there is none. */
    struct pixels pixels;
    double aspect;
    bool has_region; /* The host says what all of it is, of which it may give a part. In pixels. */
    OfxRectI region;
    bool has_alpha;
};

enum fetched { FETCHED, NO_PICTURE, BAD_PICTURE };

/* The picture of a clip at a time, checked: float32, of known components, with pixels and rows that are long enough.
   NO_PICTURE: the host has none. BAD_PICTURE: the fault says why. `name` is the clip's. Release what was fetched. */
enum fetched image_fetch(struct image *image, OfxImageClipHandle clip, const char *name, OfxTime time, struct fault *fault);
void image_release(struct image *image);

#endif
