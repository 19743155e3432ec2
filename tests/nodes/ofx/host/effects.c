#define _GNU_SOURCE
#include "host.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Thread_local struct job job;
char abort_when[1024];
int images_out;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static OfxStatus property_set(OfxImageEffectHandle effect, OfxPropertySetHandle *set) {
    *set = (OfxPropertySetHandle) & ((struct effect *)effect)->set;
    return kOfxStatOK;
}

static OfxStatus param_set(OfxImageEffectHandle effect, OfxParamSetHandle *set) {
    *set = (OfxParamSetHandle)effect;
    return kOfxStatOK;
}

static OfxStatus define_clip(OfxImageEffectHandle handle, const char *name, OfxPropertySetHandle *set) {
    struct effect *effect = (struct effect *)handle;
    struct clip *clip = &effect->clips[effect->clip_count++];
    *clip = (struct clip){.effect = effect, .output = strcmp(name, "Output") == 0};
    snprintf(clip->name, sizeof clip->name, "%s", name);
    *set = (OfxPropertySetHandle)&clip->set;
    return kOfxStatOK;
}

static OfxStatus clip_handle(OfxImageEffectHandle handle, const char *name, OfxImageClipHandle *clip, OfxPropertySetHandle *set) {
    struct effect *effect = (struct effect *)handle;
    for (int i = 0; i < effect->clip_count; i++)
        if (strcmp(effect->clips[i].name, name) == 0) {
            *clip = (OfxImageClipHandle)&effect->clips[i];
            if (set)
                *set = (OfxPropertySetHandle)&effect->clips[i].set;
            return kOfxStatOK;
        }
    return kOfxStatErrBadHandle;
}

static OfxStatus clip_set(OfxImageClipHandle clip, OfxPropertySetHandle *set) {
    *set = (OfxPropertySetHandle) & ((struct clip *)clip)->set;
    return kOfxStatOK;
}

static const char *component_name(int components) {
    return components == 4 ? kOfxImageComponentRGBA : components == 3 ? kOfxImageComponentRGB : kOfxImageComponentAlpha;
}

static void copy_rows(const struct image *image, float *packed, OfxRectI bounds, int components, bool out) {
    struct property *data = find((struct set *)&image->set, kOfxImagePropData), *step = find((struct set *)&image->set, kOfxImagePropRowBytes);
    size_t row = (size_t)(bounds.x2 - bounds.x1) * (size_t)components;
    for (int y = 0; y < bounds.y2 - bounds.y1; y++) {
        char *at = (char *)data->values[0].p + (ptrdiff_t)y * step->values[0].i;
        if (out)
            memcpy(at, packed + (size_t)y * row, row * sizeof(float));
        else
            memcpy(packed + (size_t)y * row, at, row * sizeof(float));
    }
}

static const unsigned char guard = 0xa5;

static struct image *make_image(struct clip *clip, float *packed, OfxRectI bounds, int components) {
    struct image *image = calloc(1, sizeof *image);
    int width = bounds.x2 - bounds.x1, height = bounds.y2 - bounds.y1;
    size_t step = (size_t)width * (size_t)components * sizeof(float) + (size_t)options.padding;
    image->clip = clip;
    bool down = options.negative_rows && !options.direct;
    if (options.direct)
        step = (size_t)width * (size_t)components * sizeof(float);
    else {
        image->bytes = step * (size_t)height;
        image->memory = malloc(image->bytes);
        memset(image->memory, guard, image->bytes);
    }
    char *first = options.direct ? (char *)packed : image->memory;
    put_p(&image->set, kOfxImagePropData, 0, down ? first + step * (size_t)(height - 1) : first);
    put_i(&image->set, kOfxImagePropRowBytes, 0, down ? -(int)step : (int)step);
    int edges[4] = {bounds.x1, bounds.y1, bounds.x2, bounds.y2};
    for (int i = 0; i < 4; i++)
        put_i(&image->set, kOfxImagePropBounds, i, options.empty_bounds && !clip->output ? 0 : edges[i]);
    for (int i = 0; i < 4 && !options.no_picture_region; i++)
        put_i(&image->set, kOfxImagePropRegionOfDefinition, i, edges[i]);
    put_s(&image->set, kOfxImageEffectPropPixelDepth, 0, options.depth_none ? "OfxBitDepthNone" : kOfxBitDepthFloat);
    put_s(&image->set, kOfxImageEffectPropComponents, 0, component_name(components));
    put_d(&image->set, kOfxImagePropPixelAspectRatio, 0, 1.0);
    if (!options.direct)
        copy_rows(image, packed, bounds, components, true);
    if (options.zero_rows)
        put_i(&image->set, kOfxImagePropRowBytes, 0, 0);
    return image;
}

static OfxStatus get_image(OfxImageClipHandle handle, OfxTime time, const OfxRectD *region, OfxPropertySetHandle *set) {
    struct clip *clip = (struct clip *)handle;
    char text[ROOM + 40];
    (void)region;
    if (options.no_image && strcmp(clip->name, "Source") != 0 && !clip->output)
        return kOfxStatFailed;
    struct image *image;
    if (clip->output && job.output) {
        image = make_image(clip, job.output, job.bounds, job.components);
        image->back = job.output;
    } else if (clip->pixels)
        image = make_image(clip, clip->pixels, clip->bounds, clip->components);
    else
        return kOfxStatFailed;
    pthread_mutex_lock(&lock);
    clip->fetched++;
    images_out++;
    snprintf(text, sizeof text, "%s %g", clip->name, time);
    note(times, text);
    pthread_mutex_unlock(&lock);
    *set = (OfxPropertySetHandle)&image->set;
    return kOfxStatOK;
}

static void check_padding(const struct image *image, OfxRectI bounds, int components) {
    size_t row = (size_t)(bounds.x2 - bounds.x1) * (size_t)components * sizeof(float), step = row + (size_t)options.padding;
    for (int y = 0; y < bounds.y2 - bounds.y1; y++)
        for (size_t i = row; i < step; i++)
            if ((unsigned char)image->memory[(size_t)y * step + i] != guard) {
                complain("bytes between rows of %s were written", image->clip->name);
                return;
            }
}

static OfxStatus release_image(OfxPropertySetHandle handle) {
    struct image *image = (struct image *)handle; /* The set is its first member. */
    if (image->back && !options.direct) {
        if (!options.zero_rows)
            copy_rows(image, image->back, job.bounds, job.components, false);
        check_padding(image, job.bounds, job.components);
    }
    free(image->memory);
    set_clear(&image->set);
    free(image);
    pthread_mutex_lock(&lock);
    images_out--;
    pthread_mutex_unlock(&lock);
    return kOfxStatOK;
}

static OfxStatus clip_region(OfxImageClipHandle handle, OfxTime time, OfxRectD *region) {
    struct clip *clip = (struct clip *)handle;
    (void)time;
    if (!clip->pixels)
        return kOfxStatFailed;
    *region = clip->region;
    return kOfxStatOK;
}

static int aborts(OfxImageEffectHandle effect) {
    (void)effect;
    return abort_when[0] && access(abort_when, F_OK) == 0;
}

const OfxImageEffectSuiteV1 effect_suite = {
    .getPropertySet = property_set,
    .getParamSet = param_set,
    .clipDefine = define_clip,
    .clipGetHandle = clip_handle,
    .clipGetPropertySet = clip_set,
    .clipGetImage = get_image,
    .clipReleaseImage = release_image,
    .clipGetRegionOfDefinition = clip_region,
    .abort = aborts,
};
