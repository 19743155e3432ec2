#include "describe.h"

#include <stdio.h>

#include "colour.h"
#include "define.h"
#include "host.h"
#include "names.h"

OfxStatus describe(const struct node *node, OfxImageEffectHandle effect) {
    OfxPropertySetHandle set = NULL;
    char label[80];
    if (host.effect->getPropertySet(effect, &set) != kOfxStatOK || !set)
        return kOfxStatErrBadHandle;
    snprintf(label, sizeof label, "Doublure %s", node->label);
    bool good = set_string(set, kOfxPropLabel, 0, label) && set_string(set, kOfxImageEffectPluginPropGrouping, 0, "Doublure") &&
                set_string(set, kOfxImageEffectPropSupportedContexts, 0, kOfxImageEffectContextFilter) &&
                set_string(set, kOfxImageEffectPropSupportedContexts, 1, kOfxImageEffectContextGeneral) &&
                set_string(set, kOfxImageEffectPropSupportedPixelDepths, 0, kOfxBitDepthFloat);
    if (!good)
        return kOfxStatErrMissingHostFeature;
    /* A host that lacks one of these has the behaviour that is wanted, or cannot be helped. */
    set_string(set, kOfxPropShortLabel, 0, node->label);
    set_string(set, kOfxPropLongLabel, 0, label);
    set_string(set, kOfxPropPluginDescription, 0, node->help);
    set_string(set, kOfxPropVersionLabel, 0, catalogue.version);
    set_int(set, kOfxImageEffectPluginPropSingleInstance, 0, 0);
    set_int(set, kOfxImageEffectPluginPropHostFrameThreading, 0, 0);
    set_string(set, kOfxImageEffectPluginRenderThreadSafety, 0, kOfxImageEffectRenderFullySafe);
    set_int(set, kOfxImageEffectPropSupportsMultiResolution, 0, 1);
    set_int(set, kOfxImageEffectPropSupportsTiles, 0, 0);
    set_int(set, kOfxImageEffectPropSupportsMultipleClipDepths, 0, 0);
    set_int(set, kOfxImageEffectPropSupportsMultipleClipPARs, 0, 0);
    set_int(set, kOfxImageEffectPropTemporalClipAccess, 0, node->before || node->after || (node->analyses && host.temporal));
    /* With the matte for its A, the result of an RGB plate is RGBA. */
    if (node->alpha)
        set_string(set, kOfxImageEffectPropClipPreferencesSlaveParam, 0, ALPHA_NAME);
    colour_offer(set);
    return kOfxStatOK;
}

static bool define_clip(const struct node *node, OfxImageEffectHandle effect, const struct json *input, bool filter) {
    OfxPropertySetHandle set = NULL;
    bool mask = json_bool(input, "mask", false), first = input == node->inputs->first;
    if (host.effect->clipDefine(effect, json_string(input, "clip", ""), &set) != kOfxStatOK || !set)
        return false;
    set_string(set, kOfxPropLabel, 0, json_string(input, "label", ""));
    bool good = set_string(set, kOfxImageEffectPropSupportedComponents, 0, mask ? kOfxImageComponentAlpha : kOfxImageComponentRGBA) &&
                set_string(set, kOfxImageEffectPropSupportedComponents, 1, mask ? kOfxImageComponentRGBA : kOfxImageComponentRGB);
    /* A filter has one input that must be connected. */
    set_int(set, kOfxImageClipPropOptional, 0, json_bool(input, "optional", false) || (filter && !first));
    set_int(set, kOfxImageClipPropIsMask, 0, mask);
    set_int(set, kOfxImageEffectPropSupportsTiles, 0, 0);
    set_int(set, kOfxImageEffectPropTemporalClipAccess, 0,
            first && (node->before || node->after || (node->analyses && host.temporal)));
    return good;
}

static bool define_output(OfxImageEffectHandle effect) {
    OfxPropertySetHandle set = NULL;
    if (host.effect->clipDefine(effect, kOfxImageEffectOutputClipName, &set) != kOfxStatOK || !set)
        return false;
    set_int(set, kOfxImageEffectPropSupportsTiles, 0, 0);
    return set_string(set, kOfxImageEffectPropSupportedComponents, 0, kOfxImageComponentRGBA) &&
           set_string(set, kOfxImageEffectPropSupportedComponents, 1, kOfxImageComponentRGB);
}

OfxStatus describe_in_context(const struct node *node, OfxImageEffectHandle effect, OfxPropertySetHandle arguments) {
    const char *context = get_string(arguments, kOfxImageEffectPropContext);
    bool filter = is_text(context, kOfxImageEffectContextFilter);
    OfxParamSetHandle params = NULL;
    OfxPropertySetHandle set = NULL;
    if (!filter && !is_text(context, kOfxImageEffectContextGeneral))
        return kOfxStatErrUnsupported;
    for (const struct json *input = node->inputs->first; input; input = input->next)
        if (!define_clip(node, effect, input, filter))
            return kOfxStatErrMissingHostFeature;
    if (!define_output(effect) || host.effect->getParamSet(effect, &params) != kOfxStatOK || !params ||
        host.effect->getPropertySet(effect, &set) != kOfxStatOK)
        return kOfxStatErrMissingHostFeature;
    return define_params(node, params, colour_offer(set)) ? kOfxStatOK : kOfxStatErrMissingHostFeature;
}
