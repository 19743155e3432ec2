#include "pixels.h"

#include <string.h>

#include "window.h"

/* Rows of one kind each, with constant strides, so that the compiler can vectorise them. */
static void take1(float *restrict to, const float *restrict from, size_t count) { memcpy(to, from, count * sizeof *to); }

static void take3(float *restrict to, const float *restrict from, size_t count) {
    for (size_t i = 0; i < count; i++)
        to[i] = from[3 * i];
}

static void take4(float *restrict to, const float *restrict from, size_t count) {
    for (size_t i = 0; i < count; i++)
        to[i] = from[4 * i];
}

static void give3(float *restrict to, const float *restrict r, const float *restrict g, const float *restrict b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        to[3 * i] = r[i];
        to[3 * i + 1] = g[i];
        to[3 * i + 2] = b[i];
    }
}

static void give4(float *restrict to, const float *restrict r, const float *restrict g, const float *restrict b,
                  const float *restrict a, size_t count) {
    for (size_t i = 0; i < count; i++) {
        to[4 * i] = r[i];
        to[4 * i + 1] = g[i];
        to[4 * i + 2] = b[i];
        to[4 * i + 3] = a[i];
    }
}

static float *pixel_at(const struct pixels *pixels, int x, int y) {
    char *row = pixels->data + (ptrdiff_t)(y - pixels->bounds.y1) * pixels->row_bytes;
    return (float *)(void *)row + (ptrdiff_t)(x - pixels->bounds.x1) * pixels->components;
}

void plane_from_pixels(float *plane, OfxRectI area, const struct pixels *pixels, int component) {
    size_t width = (size_t)(area.x2 - area.x1), height = (size_t)(area.y2 - area.y1);
    OfxRectI both = rect_meet(area, pixels->bounds);
    if (rect_empty(both) || both.x1 != area.x1 || both.x2 != area.x2 || both.y1 != area.y1 || both.y2 != area.y2)
        memset(plane, 0, width * height * sizeof *plane);
    if (rect_empty(both))
        return;
    size_t count = (size_t)(both.x2 - both.x1);
    for (int y = both.y2 - 1; y >= both.y1; y--) {
        float *to = plane + (size_t)(area.y2 - 1 - y) * width + (size_t)(both.x1 - area.x1);
        const float *from = pixel_at(pixels, both.x1, y) + component;
        if (pixels->components == 4)
            take4(to, from, count);
        else if (pixels->components == 3)
            take3(to, from, count);
        else
            take1(to, from, count);
    }
}

void planes_to_pixels(const struct pixels *pixels, OfxRectI area, const float *planes) {
    size_t width = (size_t)(area.x2 - area.x1), plane = width * (size_t)(area.y2 - area.y1);
    for (int y = area.y2 - 1; y >= area.y1; y--) {
        const float *from = planes + (size_t)(area.y2 - 1 - y) * width;
        float *to = pixel_at(pixels, area.x1, y);
        if (pixels->components == 4)
            give4(to, from, from + plane, from + 2 * plane, from + 3 * plane, width);
        else if (pixels->components == 3)
            give3(to, from, from + plane, from + 2 * plane, width);
        else
            take1(to, from, width);
    }
}
