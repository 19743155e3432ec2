#include "colour.h"

#include <stdio.h>
#include <string.h>

#include "host.h"

static const char config[] = "ofx-native-v1.5_aces-v1.3_ocio-v2.3";
static const char refers[] = "OfxColourspace_";

bool colour_offer(OfxPropertySetHandle plugin) {
    if (!host.colour)
        return false;
    set_string(plugin, kOfxImageEffectPropColourManagementStyle, 0, kOfxImageEffectColourManagementCore);
    set_string(plugin, kOfxImageEffectPropColourManagementAvailableConfigs, 0, config);
    /* Some hosts say yes to everything. */
    return is_text(get_string(plugin, kOfxImageEffectPropColourManagementStyle), kOfxImageEffectColourManagementCore);
}

void colour_prefer(OfxPropertySetHandle preferences, const char *clip) {
    char name[120];
    if (!host.colour)
        return;
    snprintf(name, sizeof name, kOfxImageClipPropPreferredColourspaces "_%.60s", clip);
    if (set_string(preferences, name, 0, "ACEScg"))
        set_string(preferences, name, 1, "ofx_scene_linear");
}

/* What the host says of a clip, where it refers to another clip what it says of that one. "" where it says nothing. */
static const char *space_of(struct instance *instance, const struct clip *clip) {
    const char *space = get_string(clip->set, kOfxImageClipPropColourspace);
    if (space && strncmp(space, refers, sizeof refers - 1) == 0) {
        const char *other = space + sizeof refers - 1;
        space = NULL;
        for (size_t i = 0; i < instance->clip_count; i++)
            if (strcmp(instance->clips[i].name, other) == 0 && &instance->clips[i] != clip)
                space = get_string(instance->clips[i].set, kOfxImageClipPropColourspace);
    }
    return space ? space : "";
}

static bool space_of_host(struct instance *instance, OfxTime time, char space[SPACE_ROOM], struct fault *fault) {
    static const char remedy[] = "choose the space under Input space";
    space[0] = '\0';
    for (size_t i = 0; i < instance->clip_count; i++) {
        const struct clip *clip = &instance->clips[i];
        if (json_bool(clip->input, "mask", false) || !clip_used(clip, time))
            continue;
        const char *said = space_of(instance, clip);
        /* The generic spaces do not say which primaries they have. */
        if (!said[0] || strncmp(said, "ofx_", 4) == 0 || strlen(said) >= SPACE_ROOM)
            return fault_set(fault, "the host does not say which colour space %s is in; %s.", clip->name, remedy);
        if (space[0] && strcmp(space, said) != 0)
            return fault_set(fault, "%s is in %s and another input in %s; convert one, or %s.", clip->name, said, space, remedy);
        snprintf(space, SPACE_ROOM, "%s", said);
    }
    return true;
}

bool colour_find(struct instance *instance, OfxTime time, char space[SPACE_ROOM], struct fault *fault) {
    int chosen = 0;
    if (!instance->space || host.param->paramGetValueAtTime(instance->space, time, &chosen) != kOfxStatOK)
        return fault_set(fault, "the host does not give Input space a value; load the node again.");
    const struct json *name = instance->node->spaces->first;
    for (int i = 0; i < chosen && name; i++)
        name = name->next;
    if (name && name->string) {
        snprintf(space, SPACE_ROOM, "%s", name->string);
        return true;
    }
    return space_of_host(instance, time, space, fault);
}
