#include "image.h"

#include <stdlib.h>

#include "host.h"
#include "window.h"

enum { WIDEST = 1 << 17 };

static int components_of(const char *name) {
    return is_text(name, kOfxImageComponentRGBA)    ? 4
           : is_text(name, kOfxImageComponentRGB)   ? 3
           : is_text(name, kOfxImageComponentAlpha) ? 1
                                                    : 0;
}

/* Everything is checked before a pixel is touched: some hosts hand out pictures of depth none and rows of 0 bytes. */
static enum fetched check(struct image *image, const char *name, struct fault *fault) {
    OfxPropertySetHandle set = image->handle;
    struct pixels *pixels = &image->pixels;
    const char *depth = get_string(set, kOfxImageEffectPropPixelDepth);
    void *data = NULL;
    int row_bytes = 0;
    if (!get_rect_i(set, kOfxImagePropBounds, &pixels->bounds) || rect_empty(pixels->bounds))
        return NO_PICTURE;
    long width = (long)pixels->bounds.x2 - pixels->bounds.x1, height = (long)pixels->bounds.y2 - pixels->bounds.y1;
    pixels->components = components_of(get_string(set, kOfxImageEffectPropComponents));
    get_pointer(set, kOfxImagePropData, &data);
    get_int(set, kOfxImagePropRowBytes, 0, &row_bytes);
    pixels->data = data;
    pixels->row_bytes = row_bytes;
    image->has_alpha = pixels->components == 4;
    image->aspect = 1.0;
    if (!get_double(set, kOfxImagePropPixelAspectRatio, 0, &image->aspect) || image->aspect < 0.01 || image->aspect > 100.0)
        image->aspect = 1.0;
    image->has_region = get_rect_i(set, kOfxImagePropRegionOfDefinition, &image->region) && !rect_empty(image->region);
    if (!is_text(depth, kOfxBitDepthFloat))
        fault_set(fault, "the host gives %s as %s, not as 32-bit float; set the project to float.", name, depth ? depth : "nothing");
    else if (pixels->components == 0)
        fault_set(fault, "the host gives %s in channels that are neither RGBA, RGB nor Alpha; shuffle them first.", name);
    else if (!data || row_bytes % 4 != 0 || labs(row_bytes) < width * pixels->components * 4 || width > WIDEST || height > WIDEST)
        fault_set(fault, "the host gives %s without usable pixels (%ld by %ld, %d bytes a row); render it to a file and read that.",
                  name, width, height, row_bytes);
    else
        return FETCHED;
    return BAD_PICTURE;
}

enum fetched image_fetch(struct image *image, OfxImageClipHandle clip, const char *name, OfxTime time, struct fault *fault) {
    *image = (struct image){0};
    OfxStatus status = host.effect->clipGetImage(clip, time, NULL, &image->handle);
    if (status == kOfxStatErrMemory) {
        image->handle = NULL;
        fault_set(fault, "the host has no memory for the picture of %s; close other programs or render smaller.", name);
        return BAD_PICTURE;
    }
    if (status != kOfxStatOK || !image->handle) {
        image->handle = NULL;
        return NO_PICTURE;
    }
    enum fetched fetched = check(image, name, fault);
    if (fetched != FETCHED)
        image_release(image);
    return fetched;
}

void image_release(struct image *image) {
    if (image->handle)
        host.effect->clipReleaseImage(image->handle);
    image->handle = NULL;
}
