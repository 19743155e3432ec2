/* Between a host's interleaved rows and the service's planes. */
#ifndef DOUBLURE_PIXELS_H
#define DOUBLURE_PIXELS_H

#include <stdbool.h>
#include <stddef.h>

#include "abi.h"

/* A picture in the host's memory, float32. */
struct pixels {
    char *data;          /* The pixel at (bounds.x1, bounds.y1), the lowest row. */
    ptrdiff_t row_bytes; /* To the row above; negative where the host keeps the upper row first. */
    OfxRectI bounds;
    int components; /* 1, 3 or 4, interleaved. */
};

/* All components of the pixels over `area`, one plane after the other, rows from the top; 0 where the picture has no
   pixels. */
void planes_from_pixels(float *planes, OfxRectI area, const struct pixels *pixels);

/* One of them. */
void plane_from_pixels(float *plane, OfxRectI area, const struct pixels *pixels, int component);

/* `planes` over `area`, one after the other, into all components of the pixels. `area` lies inside the bounds. */
void planes_to_pixels(const struct pixels *pixels, OfxRectI area, const float *planes);

/* 0 in all components over `area`, which lies inside the bounds. */
void pixels_clear(const struct pixels *pixels, OfxRectI area);

/* The pixels of `from`, of 3 or 4 components, over `area`, which lies inside the bounds of `to`; 0 where `from` has
   none. An A that it lacks is 1. `multiply`: R, G and B by A. */
void pixels_copy(const struct pixels *to, OfxRectI area, const struct pixels *from, bool multiply);

#endif
