#include "regions.h"

#include <stdio.h>

#include "alpha.h"
#include "colour.h"
#include "host.h"
#include "identity.h"

enum { NAME_ROOM = 128 };

static bool clip_region(OfxImageClipHandle clip, OfxTime time, OfxRectD *region) {
    OfxRectD found = {0, 0, 0, 0};
    if (host.effect->clipGetRegionOfDefinition(clip, time, &found) != kOfxStatOK || !(found.x1 < found.x2 && found.y1 < found.y2))
        return false;
    *region = found;
    return true;
}

static OfxTime time_of(OfxPropertySetHandle in) {
    double time = 0;
    get_double(in, kOfxPropTime, 0, &time);
    return time;
}

OfxStatus region_of_definition(struct instance *instance, OfxPropertySetHandle in, OfxPropertySetHandle out) {
    OfxRectD region;
    bool told = clip_region(instance->clips[0].handle, time_of(in), &region) &&
                set_rect_d(out, kOfxImageEffectPropRegionOfDefinition, region);
    return told ? kOfxStatOK : kOfxStatReplyDefault;
}

OfxStatus regions_of_interest(struct instance *instance, OfxPropertySetHandle in, OfxPropertySetHandle out) {
    OfxTime time = time_of(in);
    OfxStatus status = kOfxStatReplyDefault;
    for (size_t i = 0; instance->node->whole && i < instance->clip_count; i++) {
        char name[NAME_ROOM];
        OfxRectD region;
        if (!clip_used(&instance->clips[i], time) || !clip_region(instance->clips[i].handle, time, &region))
            continue;
        snprintf(name, sizeof name, "OfxImageClipPropRoI_%.60s", instance->clips[i].name);
        if (set_rect_d(out, name, region))
            status = kOfxStatOK;
    }
    return status;
}

OfxStatus frames_needed(struct instance *instance, OfxPropertySetHandle in, OfxPropertySetHandle out) {
    const struct node *node = instance->node;
    OfxTime time = time_of(in);
    OfxStatus status = kOfxStatReplyDefault;
    for (size_t i = 0; (node->before || node->after) && i < instance->clip_count; i++) {
        char name[NAME_ROOM];
        snprintf(name, sizeof name, "OfxImageClipPropFrameRange_%.60s", instance->clips[i].name);
        if (set_double(out, name, 0, time + node->before) && set_double(out, name, 1, time + node->after))
            status = kOfxStatOK;
    }
    return status;
}

OfxStatus is_identity(struct instance *instance, OfxPropertySetHandle in, OfxPropertySetHandle out) {
    OfxTime time = time_of(in);
    const struct clip *clip = identity_find(instance, time);
    bool told = clip && identity_is_premultiplied(clip) && set_string(out, kOfxPropName, 0, clip->name) && set_double(out, kOfxPropTime, 0, time);
    return told ? kOfxStatOK : kOfxStatReplyDefault;
}

static void prefer(OfxPropertySetHandle out, const char *clip, const char *components) {
    char name[NAME_ROOM];
    if (components) {
        snprintf(name, sizeof name, "OfxImageClipPropComponents_%.60s", clip);
        set_string(out, name, 0, components);
    }
    snprintf(name, sizeof name, "OfxImageClipPropDepth_%.60s", clip);
    set_string(out, name, 0, kOfxBitDepthFloat);
}

OfxStatus clip_preferences(struct instance *instance, OfxPropertySetHandle out) {
    const char *source = kOfxImageComponentRGBA;
    for (size_t i = 0; i < instance->clip_count; i++) {
        const struct clip *clip = &instance->clips[i];
        bool mask = json_bool(clip->input, "mask", false);
        const char *given = get_string(clip->set, kOfxImageClipPropUnmappedComponents);
        const char *wanted = is_text(given, kOfxImageComponentRGB) ? kOfxImageComponentRGB : kOfxImageComponentRGBA;
        if (mask)
            wanted = is_text(given, kOfxImageComponentRGBA) || is_text(given, kOfxImageComponentRGB) ? kOfxImageComponentRGBA : NULL;
        if (i == 0)
            source = wanted;
        if (!clip->handle)
            continue;
        prefer(out, clip->name, wanted);
        if (!mask)
            colour_prefer(out, clip->name);
    }
    const char *channel = NULL;
    struct fault fault = {0};
    /* No time is given: the choice has no keyframes. */
    bool own = instance->node->own_alpha || (alpha_find(instance, 0, &channel, &fault) && channel);
    const char *result = own ? kOfxImageComponentRGBA : source;
    prefer(out, kOfxImageEffectOutputClipName, result);
    double aspect = 0;
    if (get_double(instance->clips[0].set, kOfxImagePropPixelAspectRatio, 0, &aspect) && aspect > 0)
        set_double(out, "OfxImageClipPropPAR_" kOfxImageEffectOutputClipName, 0, aspect);
    set_string(out, kOfxImageEffectPropPreMultiplication, 0,
               is_text(result, kOfxImageComponentRGBA) ? kOfxImagePreMultiplied : kOfxImageOpaque);
    /* Grain and tracks differ from frame to frame under the same params and picture. */
    set_int(out, kOfxImageEffectFrameVarying, 0, 1);
    return kOfxStatOK;
}

OfxStatus output_colourspace(OfxPropertySetHandle out) {
    bool told = host.colour && set_string(out, kOfxImageClipPropColourspace, 0, "OfxColourspace_" kOfxImageEffectSimpleSourceClipName);
    return told ? kOfxStatOK : kOfxStatReplyDefault;
}
