/* Between the host's coordinates and the service's.

   The host's pixels have y up and any origin. The service's have y down, and (0, 0) is the upper left pixel of the
   display window: the plate's format, without overscan. Both are scaled by the render scale. */
#ifndef DOUBLURE_WINDOW_H
#define DOUBLURE_WINDOW_H

#include "abi.h"
#include "fault.h"

struct window {
    int x0, y0, x1, y1; /* Half-open, y down. */
};

/* What the host tells of where pictures lie. Canonical: square pixels, full scale. */
struct place {
    OfxRectD rod;            /* Of the clip Source, canonical. */
    bool has_format;         /* The clip's own format, in pixels at full scale. */
    OfxRectI format;
    bool has_picture;        /* Region of Source's picture, in pixels at the render scale. */
    OfxRectI picture;
    bool has_project;        /* The project's window, canonical. */
    OfxRectD project;
    double scale, aspect;    /* Render scale; width of a pixel over its height. */
};

/* The display window in the host's pixels at the render scale. The clip's own format where the host tells it; the
   region of the clip's picture, or else the clip's, where it begins at (0, 0), as a plate without overscan does; else
   the project's window; else the clip's region. The picture's comes first because it is told in pixels: MLT tells
   canonical regions in pixels too. False, with the sentence, where it would be empty or absurdly large. */
bool display_find(const struct place *place, OfxRectI *display, struct fault *fault);

/* `area` is in the host's pixels, as is `display`. */
struct window window_down(OfxRectI display, OfxRectI area);

OfxRectI rect_meet(OfxRectI a, OfxRectI b);
bool rect_empty(OfxRectI rect);

#endif
