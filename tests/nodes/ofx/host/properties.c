#define _GNU_SOURCE
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every property of the standard that the plug-in may touch: kind and dimension, 0 for any. */
static const struct {
    const char *name;
    char kind;
    int dimension;
} known[] = {
    {"type", 's', 1}, {kOfxPropType, 's', 1}, {kOfxPropName, 's', 1}, {kOfxPropLabel, 's', 1}, {kOfxPropShortLabel, 's', 1},
    {kOfxPropLongLabel, 's', 1}, {kOfxPropTime, 'd', 1}, {kOfxPropVersion, 'i', 0}, {kOfxPropVersionLabel, 's', 1},
    {kOfxPropPluginDescription, 's', 1}, {kOfxPropInstanceData, 'p', 1}, {kOfxPropChangeReason, 's', 1},
    {kOfxImageEffectHostPropIsBackground, 'i', 1}, {kOfxImageEffectPluginPropGrouping, 's', 1},
    {kOfxImageEffectPluginPropSingleInstance, 'i', 1}, {kOfxImageEffectPluginPropHostFrameThreading, 'i', 1},
    {kOfxImageEffectPluginRenderThreadSafety, 's', 1}, {kOfxImageEffectPropSupportedContexts, 's', 0},
    {kOfxImageEffectPropSupportedPixelDepths, 's', 0}, {kOfxImageEffectPropSupportedComponents, 's', 0},
    {kOfxImageEffectPropSupportsMultiResolution, 'i', 1}, {kOfxImageEffectPropSupportsTiles, 'i', 1},
    {kOfxImageEffectPropSupportsMultipleClipDepths, 'i', 1}, {kOfxImageEffectPropSupportsMultipleClipPARs, 'i', 1},
    {kOfxImageEffectPropTemporalClipAccess, 'i', 1}, {kOfxImageEffectPropClipPreferencesSlaveParam, 's', 0}, {kOfxImageEffectPropContext, 's', 1},
    {kOfxImageEffectPropPixelDepth, 's', 1}, {kOfxImageEffectPropComponents, 's', 1},
    {kOfxImageEffectPropPreMultiplication, 's', 1}, {kOfxImageEffectPropFrameRange, 'd', 2},
    {kOfxImageEffectFrameVarying, 'i', 1}, {kOfxImageEffectPropRenderScale, 'd', 2},
    {kOfxImageEffectPropProjectExtent, 'd', 2}, {kOfxImageEffectPropProjectSize, 'd', 2},
    {kOfxImageEffectPropProjectOffset, 'd', 2}, {kOfxImageEffectPropRegionOfDefinition, 'd', 4},
    {kOfxImageEffectPropRegionOfInterest, 'd', 4}, {kOfxImageEffectPropRenderWindow, 'i', 4},
    {kOfxImageEffectPropInteractiveRenderStatus, 'i', 1}, {kOfxImageEffectPropSequentialRenderStatus, 'i', 1},
    {kOfxImageClipPropOptional, 'i', 1}, {kOfxImageClipPropIsMask, 'i', 1}, {kOfxImageClipPropConnected, 'i', 1},
    {kOfxImageClipPropUnmappedComponents, 's', 1}, {kOfxImagePropData, 'p', 1}, {kOfxImagePropBounds, 'i', 4},
    {kOfxImagePropRowBytes, 'i', 1}, {kOfxImagePropRegionOfDefinition, 'i', 4}, {kOfxImagePropPixelAspectRatio, 'd', 1},
    {kOfxParamHostPropSupportsBooleanAnimation, 'i', 1}, {kOfxParamHostPropSupportsChoiceAnimation, 'i', 1},
    {kOfxParamHostPropMaxPages, 'i', 1}, {kOfxParamPropAnimates, 'i', 1}, {kOfxParamPropEvaluateOnChange, 'i', 1},
    {kOfxParamPropSecret, 'i', 1}, {kOfxParamPropEnabled, 'i', 1}, {kOfxParamPropScriptName, 's', 1},
    {kOfxParamPropHint, 's', 1}, {kOfxParamPropDoubleType, 's', 1}, {kOfxParamPropParent, 's', 1},
    {kOfxParamPropPageChild, 's', 0}, {kOfxParamPropGroupOpen, 'i', 1}, {kOfxParamPropChoiceOption, 's', 0},
    {kOfxParamPropStringMode, 's', 1}, {kOfxParamPropStringFilePathExists, 'i', 1},
    {kOfxImageEffectPropColourManagementStyle, 's', 1}, {kOfxImageEffectPropColourManagementAvailableConfigs, 's', 0},
    {kOfxImageClipPropColourspace, 's', 1},
};

static struct property *add(struct set *set, const char *name, char kind) {
    if (set->count == set->room) {
        set->room = set->room ? 2 * set->room : 16;
        set->properties = realloc(set->properties, (size_t)set->room * sizeof *set->properties);
    }
    struct property *property = &set->properties[set->count++];
    *property = (struct property){.kind = kind};
    snprintf(property->name, sizeof property->name, "%s", name);
    return property;
}

struct property *find(struct set *set, const char *name) {
    for (int i = 0; i < set->count; i++)
        if (strcmp(set->properties[i].name, name) == 0)
            return &set->properties[i];
    return NULL;
}

/* Limits and defaults of a param have the kind of its type. */
static int rule(struct set *set, const char *name, char kind) {
    static const char *const limits[] = {kOfxParamPropDefault, kOfxParamPropMin, kOfxParamPropMax, kOfxParamPropDisplayMin,
                                         kOfxParamPropDisplayMax};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(name, limits[i]) == 0) {
            struct property *type = find(set, "type");
            const char *is = type ? type->values[0].s : "";
            char wanted = strstr(is, "Double") || strstr(is, "RGB") ? 'd' : strstr(is, "String") ? 's' : 'i';
            int dimension = strstr(is, "2D") ? 2 : strstr(is, "RGB") ? 3 : 1;
            if (kind != wanted)
                complain("%s of a %s is no '%c'", name, is, kind);
            return dimension;
        }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0) {
            if (known[i].kind != kind)
                complain("%s is no '%c'", name, kind);
            return known[i].dimension;
        }
    if (set->lax && strchr(name, '_'))
        return 0;
    return -1;
}

static OfxStatus slot(OfxPropertySetHandle handle, const char *name, int index, char kind, struct value **value) {
    struct set *set = (struct set *)handle;
    if (!set || !name) {
        complain("a property set or name is NULL");
        return kOfxStatErrBadHandle;
    }
    int dimension = rule(set, name, kind);
    if (dimension < 0) {
        note(unknown, name);
        if (!options.unknown_ok)
            return kOfxStatErrUnknown;
        dimension = 0;
    }
    if (index < 0 || (dimension > 0 && index >= dimension)) {
        complain("%s has no index %d", name, index);
        return kOfxStatErrBadIndex;
    }
    struct property *property = find(set, name);
    if (!property)
        property = add(set, name, kind);
    if (index > property->count) {
        complain("%s is set at %d before %d", name, index, property->count);
        return kOfxStatErrBadIndex;
    }
    if (index == property->room) {
        property->room = property->room ? 2 * property->room : 4;
        property->values = realloc(property->values, (size_t)property->room * sizeof *property->values);
    }
    if (index == property->count)
        property->values[property->count++] = (struct value){.kind = kind};
    *value = &property->values[index];
    return kOfxStatOK;
}

static OfxStatus get(OfxPropertySetHandle handle, const char *name, int index, char kind, struct value **value) {
    struct set *set = (struct set *)handle;
    *value = NULL;
    if (!set || !name) {
        complain("a property set or name is NULL");
        return kOfxStatErrBadHandle;
    }
    if (rule(set, name, kind) < 0)
        note(unknown, name);
    struct property *property = find(set, name);
    if (!property)
        return options.forget_ints ? kOfxStatOK : kOfxStatErrUnknown;
    if (index < 0 || index >= property->count)
        return kOfxStatErrBadIndex;
    *value = &property->values[index];
    return kOfxStatOK;
}

static OfxStatus set_p(OfxPropertySetHandle set, const char *name, int index, void *given) {
    struct value *value;
    OfxStatus status = slot(set, name, index, 'p', &value);
    if (status == kOfxStatOK)
        value->p = given;
    return status;
}
static OfxStatus set_s(OfxPropertySetHandle set, const char *name, int index, const char *given) {
    struct value *value;
    OfxStatus status = slot(set, name, index, 's', &value);
    if (status == kOfxStatOK) {
        free(value->s);
        value->s = strdup(given ? given : "");
    }
    return status;
}
static OfxStatus set_d(OfxPropertySetHandle set, const char *name, int index, double given) {
    struct value *value;
    OfxStatus status = slot(set, name, index, 'd', &value);
    if (status == kOfxStatOK)
        value->d = given;
    return status;
}
static OfxStatus set_i(OfxPropertySetHandle set, const char *name, int index, int given) {
    struct value *value;
    OfxStatus status = slot(set, name, index, 'i', &value);
    if (status == kOfxStatOK)
        value->i = given;
    return status;
}
static OfxStatus get_p(OfxPropertySetHandle set, const char *name, int index, void **found) {
    struct value *value;
    OfxStatus status = get(set, name, index, 'p', &value);
    if (value)
        *found = value->p;
    return status;
}
static OfxStatus get_s(OfxPropertySetHandle set, const char *name, int index, char **found) {
    struct value *value;
    OfxStatus status = get(set, name, index, 's', &value);
    if (value)
        *found = value->s;
    return status;
}
static OfxStatus get_d(OfxPropertySetHandle set, const char *name, int index, double *found) {
    struct value *value;
    OfxStatus status = get(set, name, index, 'd', &value);
    if (value)
        *found = value->d;
    return status;
}
static OfxStatus get_i(OfxPropertySetHandle set, const char *name, int index, int *found) {
    struct value *value;
    OfxStatus status = get(set, name, index, 'i', &value);
    if (value)
        *found = value->i;
    return status;
}
static OfxStatus dimension(OfxPropertySetHandle handle, const char *name, int *count) {
    struct property *property = find((struct set *)handle, name);
    *count = property ? property->count : 0;
    return property ? kOfxStatOK : kOfxStatErrUnknown;
}

const OfxPropertySuiteV1 property_suite = {
    .propSetPointer = set_p, .propSetString = set_s, .propSetDouble = set_d, .propSetInt = set_i,
    .propGetPointer = get_p, .propGetString = get_s, .propGetDouble = get_d, .propGetInt = get_i,
    .propGetDimension = dimension,
};

void put_i(struct set *set, const char *name, int index, int value) { set_i((OfxPropertySetHandle)set, name, index, value); }
void put_d(struct set *set, const char *name, int index, double value) { set_d((OfxPropertySetHandle)set, name, index, value); }
void put_s(struct set *set, const char *name, int index, const char *value) { set_s((OfxPropertySetHandle)set, name, index, value); }
void put_p(struct set *set, const char *name, int index, void *value) { set_p((OfxPropertySetHandle)set, name, index, value); }

void set_clear(struct set *set) {
    for (int i = 0; i < set->count; i++) {
        struct property *property = &set->properties[i];
        for (int j = 0; j < property->count; j++)
            if (property->kind == 's')
                free(property->values[j].s);
        free(property->values);
    }
    free(set->properties);
    *set = (struct set){0};
}
