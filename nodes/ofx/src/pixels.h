/* Between a host's interleaved rows and the service's planes. */
#ifndef DOUBLURE_PIXELS_H
#define DOUBLURE_PIXELS_H

#include <stddef.h>

#include "abi.h"

/* A picture in the host's memory, float32. */
struct pixels {
    char *data;          /* The pixel at (bounds.x1, bounds.y1), the lowest row. */
    ptrdiff_t row_bytes; /* To the row above; negative where the host keeps the upper row first. */
    OfxRectI bounds;
    int components; /* 1, 3 or 4, interleaved. */
};

/* Channel `component` of the pixels over `area` into one plane, rows from the top; 0 where the picture has no pixels. */
void plane_from_pixels(float *plane, OfxRectI area, const struct pixels *pixels, int component);

/* `planes` over `area`, one after the other, into all components of the pixels. `area` lies inside the bounds. */
void planes_to_pixels(const struct pixels *pixels, OfxRectI area, const float *planes);

#endif
