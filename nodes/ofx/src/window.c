#include "window.h"

#include <math.h>

enum { WIDEST = 1 << 17 };

static OfxRectI to_pixels(OfxRectD canonical, double scale, double aspect) {
    double limit = 4.0 * WIDEST;
    double edges[4] = {canonical.x1 * scale / aspect, canonical.y1 * scale, canonical.x2 * scale / aspect, canonical.y2 * scale};
    int rounded[4];
    for (int i = 0; i < 4; i++)
        rounded[i] = (int)lround(fmax(-limit, fmin(limit, edges[i])));
    return (OfxRectI){rounded[0], rounded[1], rounded[2], rounded[3]};
}

static bool is_usable(OfxRectI rect) {
    return !rect_empty(rect) && (long)rect.x2 - rect.x1 <= WIDEST && (long)rect.y2 - rect.y1 <= WIDEST;
}

bool display_find(const struct place *place, OfxRectI *display, struct fault *fault) {
    OfxRectD format = {place->format.x1, place->format.y1, place->format.x2, place->format.y2};
    *display = to_pixels(format, place->scale, 1.0);
    if (place->has_format && is_usable(*display))
        return true;
    *display = place->picture;
    if (place->has_picture && display->x1 == 0 && display->y1 == 0 && is_usable(*display))
        return true;
    OfxRectI whole = to_pixels(place->rod, place->scale, place->aspect);
    bool rooted = fabs(place->rod.x1) < 0.5 && fabs(place->rod.y1) < 0.5;
    OfxRectI project = to_pixels(place->project, place->scale, place->aspect);
    *display = place->has_project && is_usable(project) && !(rooted && is_usable(whole)) ? project : whole;
    return is_usable(*display) || fault_set(fault, "the host gives no picture on Source: its region is empty or endless.");
}

struct window window_down(OfxRectI display, OfxRectI area) {
    return (struct window){area.x1 - display.x1, display.y2 - area.y2, area.x2 - display.x1, display.y2 - area.y1};
}

OfxRectI rect_meet(OfxRectI a, OfxRectI b) {
    return (OfxRectI){a.x1 > b.x1 ? a.x1 : b.x1, a.y1 > b.y1 ? a.y1 : b.y1, a.x2 < b.x2 ? a.x2 : b.x2, a.y2 < b.y2 ? a.y2 : b.y2};
}

bool rect_empty(OfxRectI rect) { return rect.x1 >= rect.x2 || rect.y1 >= rect.y2; }
