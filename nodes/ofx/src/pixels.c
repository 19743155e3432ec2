#include "pixels.h"

#include <string.h>

#include "window.h"

/* Rows of one kind each, with constant strides, so that the compiler can vectorise them. */
static void take(float *restrict to, const float *restrict from, size_t count, size_t stride) {
    for (size_t i = 0; i < count; i++)
        to[i] = from[stride * i];
}

static void take3(float *restrict r, float *restrict g, float *restrict b, const float *restrict from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        r[i] = from[3 * i];
        g[i] = from[3 * i + 1];
        b[i] = from[3 * i + 2];
    }
}

static void take4(float *restrict r, float *restrict g, float *restrict b, float *restrict a, const float *restrict from,
                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        r[i] = from[4 * i];
        g[i] = from[4 * i + 1];
        b[i] = from[4 * i + 2];
        a[i] = from[4 * i + 3];
    }
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

static size_t width_of(OfxRectI rect) { return (size_t)(rect.x2 - rect.x1); }
static size_t plane_of(OfxRectI area) { return width_of(area) * (size_t)(area.y2 - area.y1); }

static bool holds(OfxRectI outer, OfxRectI area) {
    return outer.x1 <= area.x1 && outer.y1 <= area.y1 && outer.x2 >= area.x2 && outer.y2 >= area.y2;
}

void planes_from_pixels(float *planes, OfxRectI area, const struct pixels *pixels) {
    size_t plane = plane_of(area);
    OfxRectI both = rect_meet(area, pixels->bounds);
    if (!holds(pixels->bounds, area))
        memset(planes, 0, plane * (size_t)pixels->components * sizeof *planes);
    for (int y = both.y2 - 1; y >= both.y1 && !rect_empty(both); y--) {
        float *to = planes + (size_t)(area.y2 - 1 - y) * width_of(area) + (size_t)(both.x1 - area.x1);
        const float *from = pixel_at(pixels, both.x1, y);
        if (pixels->components == 4)
            take4(to, to + plane, to + 2 * plane, to + 3 * plane, from, width_of(both));
        else if (pixels->components == 3)
            take3(to, to + plane, to + 2 * plane, from, width_of(both));
        else
            memcpy(to, from, width_of(both) * sizeof *to);
    }
}

void plane_from_pixels(float *plane, OfxRectI area, const struct pixels *pixels, int component) {
    OfxRectI both = rect_meet(area, pixels->bounds);
    if (!holds(pixels->bounds, area))
        memset(plane, 0, plane_of(area) * sizeof *plane);
    for (int y = both.y2 - 1; y >= both.y1 && !rect_empty(both); y--)
        take(plane + (size_t)(area.y2 - 1 - y) * width_of(area) + (size_t)(both.x1 - area.x1),
             pixel_at(pixels, both.x1, y) + component, width_of(both), (size_t)pixels->components);
}

void planes_to_pixels(const struct pixels *pixels, OfxRectI area, const float *planes) {
    size_t width = width_of(area), plane = plane_of(area);
    for (int y = area.y2 - 1; y >= area.y1; y--) {
        const float *from = planes + (size_t)(area.y2 - 1 - y) * width;
        float *to = pixel_at(pixels, area.x1, y);
        if (pixels->components == 4)
            give4(to, from, from + plane, from + 2 * plane, from + 3 * plane, width);
        else if (pixels->components == 3)
            give3(to, from, from + plane, from + 2 * plane, width);
        else
            memcpy(to, from, width * sizeof *to);
    }
}

void pixels_clear(const struct pixels *pixels, OfxRectI area) {
    for (int y = area.y1; y < area.y2; y++)
        memset(pixel_at(pixels, area.x1, y), 0, width_of(area) * (size_t)pixels->components * sizeof(float));
}

void pixels_copy(const struct pixels *to, OfxRectI area, const struct pixels *from, bool multiply) {
    OfxRectI both = rect_meet(area, from->bounds);
    size_t ours = (size_t)to->components, theirs = (size_t)from->components;
    if (!holds(from->bounds, area))
        pixels_clear(to, area);
    for (int y = both.y1; y < both.y2 && !rect_empty(both); y++) {
        float *target = pixel_at(to, both.x1, y);
        const float *source = pixel_at(from, both.x1, y);
        if (ours == theirs && !multiply)
            memmove(target, source, width_of(both) * ours * sizeof *target);
        else
            for (size_t i = 0; i < width_of(both); i++) {
                const float *pixel = source + theirs * i;
                float alpha = theirs == 4 ? pixel[3] : 1.0f;
                for (size_t k = 0; k < 3; k++)
                    target[ours * i + k] = multiply ? pixel[k] * alpha : pixel[k];
                if (ours == 4)
                    target[ours * i + 3] = alpha;
            }
    }
}
