#define _GNU_SOURCE
#include "instance.h"

#include <stdio.h>
#include <stdlib.h>

#include "host.h"
#include "names.h"

static OfxParamHandle find_param(OfxParamSetHandle set, const char *name) {
    OfxParamHandle found = NULL;
    return host.param->paramGetHandle(set, name, &found, NULL) == kOfxStatOK ? found : NULL;
}

static void find_clips(struct instance *instance, OfxParamSetHandle params) {
    for (const struct json *input = instance->node->inputs->first; input; input = input->next) {
        struct clip *clip = &instance->clips[instance->clip_count++];
        clip->input = input;
        clip->name = json_string(input, "clip", "");
        if (host.effect->clipGetHandle(instance->effect, clip->name, &clip->handle, &clip->set) != kOfxStatOK)
            clip->handle = NULL;
        if (clip->handle && !clip->set && host.effect->clipGetPropertySet(clip->handle, &clip->set) != kOfxStatOK)
            clip->set = NULL;
        char name[80];
        if (has_switch(input)) {
            snprintf(name, sizeof name, SWITCH_NAME, json_string(input, "name", ""));
            clip->use = find_param(params, name);
        }
    }
}

OfxStatus instance_create(const struct node *node, OfxImageEffectHandle effect) {
    struct instance *instance = calloc(1, sizeof *instance);
    if (!instance)
        return kOfxStatErrMemory;
    OfxParamSetHandle params = NULL;
    instance->node = node;
    instance->effect = effect;
    pthread_mutex_init(&instance->lock, NULL);
    bool good = host.effect->getPropertySet(effect, &instance->set) == kOfxStatOK && instance->set &&
                host.effect->getParamSet(effect, &params) == kOfxStatOK && params;
    if (good) {
        find_clips(instance, params);
        size_t i = 0;
        for (const struct json *param = node->params->first; param; param = param->next)
            instance->params[i++] = find_param(params, json_string(param, "name", ""));
        instance->space = find_param(params, SPACE_NAME);
        instance->alpha = node->alpha ? find_param(params, ALPHA_NAME) : NULL;
        if (node->analyses)
            instance->revision = find_param(params, REVISION_NAME);
        good = instance->clips[0].handle &&
               host.effect->clipGetHandle(effect, kOfxImageEffectOutputClipName, &instance->output, NULL) == kOfxStatOK &&
               host.property->propSetPointer(instance->set, kOfxPropInstanceData, 0, instance) == kOfxStatOK &&
               instance_of(effect) == instance;
    }
    if (good)
        return kOfxStatOK;
    pthread_mutex_destroy(&instance->lock);
    free(instance);
    return kOfxStatFailed;
}

OfxStatus instance_destroy(OfxImageEffectHandle effect) {
    struct instance *instance = instance_of(effect);
    if (!instance)
        return kOfxStatErrBadHandle;
    host.property->propSetPointer(instance->set, kOfxPropInstanceData, 0, NULL);
    pthread_mutex_destroy(&instance->lock);
    free(instance);
    return kOfxStatOK;
}

struct instance *instance_of(OfxImageEffectHandle effect) {
    OfxPropertySetHandle set = NULL;
    void *data = NULL;
    if (host.effect->getPropertySet(effect, &set) != kOfxStatOK || !get_pointer(set, kOfxPropInstanceData, &data))
        return NULL;
    return data;
}

bool clip_used(const struct clip *clip, OfxTime time) {
    int connected = 1, use = 1;
    if (!clip->handle)
        return false;
    get_int(clip->set, kOfxImageClipPropConnected, 0, &connected);
    if (connected && clip->use)
        host.param->paramGetValueAtTime(clip->use, time, &use);
    return connected && use;
}
