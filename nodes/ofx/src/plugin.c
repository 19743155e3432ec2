/* What a host calls first: the list of plug-ins, and the one entry of each. */
#include <string.h>

#include "analyse.h"
#include "describe.h"
#include "host.h"
#include "names.h"
#include "pool.h"
#include "regions.h"
#include "render.h"

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int OfxGetNumberOfPlugins(void);
EXPORTED OfxPlugin *OfxGetPlugin(int nth);
EXPORTED OfxStatus OfxSetHost(const OfxHost *given);

static pthread_mutex_t loads_lock = PTHREAD_MUTEX_INITIALIZER;
static int loads;

static OfxStatus load(void) {
    pthread_mutex_lock(&loads_lock);
    OfxStatus status = loads == 0 ? host_load() : kOfxStatOK;
    loads += status == kOfxStatOK;
    pthread_mutex_unlock(&loads_lock);
    return status;
}

static OfxStatus unload(void) {
    pthread_mutex_lock(&loads_lock);
    bool last = loads > 0 && --loads == 0;
    pthread_mutex_unlock(&loads_lock);
    if (last)
        pool_empty();
    return kOfxStatOK;
}

static OfxStatus changed(struct instance *instance, OfxPropertySetHandle in) {
    double now = 0;
    bool pressed = instance->node->analyses && is_text(get_string(in, kOfxPropType), kOfxTypeParameter) &&
                   is_text(get_string(in, kOfxPropName), ANALYSE_NAME) &&
                   is_text(get_string(in, kOfxPropChangeReason), kOfxChangeUserEdited);
    get_double(in, kOfxPropTime, 0, &now);
    return pressed ? analyse(instance, now) : kOfxStatReplyDefault;
}

static OfxStatus instance_action(struct instance *instance, const char *action, OfxPropertySetHandle in, OfxPropertySetHandle out) {
    if (strcmp(action, kOfxImageEffectActionRender) == 0)
        return render(instance, in);
    if (strcmp(action, kOfxImageEffectActionIsIdentity) == 0)
        return is_identity(instance, in, out);
    if (strcmp(action, kOfxImageEffectActionGetRegionOfDefinition) == 0)
        return region_of_definition(instance, in, out);
    if (strcmp(action, kOfxImageEffectActionGetRegionsOfInterest) == 0)
        return regions_of_interest(instance, in, out);
    if (strcmp(action, kOfxImageEffectActionGetFramesNeeded) == 0)
        return frames_needed(instance, in, out);
    if (strcmp(action, kOfxImageEffectActionGetClipPreferences) == 0)
        return clip_preferences(instance, out);
    if (strcmp(action, kOfxImageEffectActionGetOutputColourspace) == 0)
        return output_colourspace(out);
    if (strcmp(action, kOfxActionInstanceChanged) == 0)
        return changed(instance, in);
    return kOfxStatOK;
}

/* The actions of an instance. */
static bool is_instance_action(const char *action) {
    static const char *const actions[] = {
        kOfxImageEffectActionRender,
        kOfxImageEffectActionIsIdentity,
        kOfxImageEffectActionGetRegionOfDefinition,
        kOfxImageEffectActionGetRegionsOfInterest,
        kOfxImageEffectActionGetFramesNeeded,
        kOfxImageEffectActionGetClipPreferences,
        kOfxImageEffectActionGetOutputColourspace,
        kOfxActionInstanceChanged,
        kOfxActionBeginInstanceChanged,
        kOfxActionEndInstanceChanged,
        kOfxActionSyncPrivateData,
        kOfxImageEffectActionBeginSequenceRender,
        kOfxImageEffectActionEndSequenceRender,
    };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(action, actions[i]) == 0)
            return true;
    return false;
}

static OfxStatus enter(const struct node *node, const char *action, const void *handle, OfxPropertySetHandle in,
                       OfxPropertySetHandle out) {
    OfxImageEffectHandle effect;
    /* The interface hands the effect over as a constant pointer. */
    memcpy(&effect, &handle, sizeof effect);
    if (!action)
        return kOfxStatErrBadHandle;
    if (strcmp(action, kOfxActionLoad) == 0)
        return load();
    if (strcmp(action, kOfxActionUnload) == 0)
        return unload();
    if (!host.property)
        return kOfxStatErrMissingHostFeature;
    if (strcmp(action, kOfxActionDescribe) == 0)
        return describe(node, effect);
    if (strcmp(action, kOfxImageEffectActionDescribeInContext) == 0)
        return describe_in_context(node, effect, in);
    if (strcmp(action, kOfxActionCreateInstance) == 0)
        return instance_create(node, effect);
    if (strcmp(action, kOfxActionDestroyInstance) == 0)
        return instance_destroy(effect);
    if (strcmp(action, kOfxActionPurgeCaches) == 0) {
        pool_empty();
        return kOfxStatOK;
    }
    if (!is_instance_action(action))
        return kOfxStatReplyDefault;
    struct instance *instance = effect ? instance_of(effect) : NULL;
    return instance ? instance_action(instance, action, in, out) : kOfxStatErrBadHandle;
}

/* The interface does not tell an entry whose it is, so every plug-in has one of its own. */
#define ENTRY(n)                                                                                                         \
    static OfxStatus entry##n(const char *action, const void *handle, OfxPropertySetHandle in, OfxPropertySetHandle out) { \
        return enter(&catalogue.nodes[n], action, handle, in, out);                                                      \
    }
ENTRY(0)
ENTRY(1)
ENTRY(2)
ENTRY(3)
ENTRY(4)
ENTRY(5)
ENTRY(6)
ENTRY(7)
ENTRY(8)
ENTRY(9)
ENTRY(10)
ENTRY(11)
ENTRY(12)
ENTRY(13)
ENTRY(14)
ENTRY(15)

static OfxPluginEntryPoint *const entries[] = {entry0, entry1, entry2,  entry3,  entry4,  entry5,  entry6,  entry7,
                                               entry8, entry9, entry10, entry11, entry12, entry13, entry14, entry15};
_Static_assert(sizeof entries / sizeof *entries == MOST_NODES, "an entry for every node");

static OfxPlugin plugins[MOST_NODES];

int OfxGetNumberOfPlugins(void) { return catalogue_load() ? (int)catalogue.count : 0; }

OfxPlugin *OfxGetPlugin(int nth) {
    if (!catalogue_load() || nth < 0 || (size_t)nth >= catalogue.count)
        return NULL;
    const struct node *node = &catalogue.nodes[nth];
    plugins[nth] = (OfxPlugin){kOfxImageEffectPluginApi, kOfxImageEffectPluginApiVersion, node->id, (unsigned)node->version, 0,
                               host_set, entries[nth]};
    return &plugins[nth];
}

OfxStatus OfxSetHost(const OfxHost *given) { return given && given->fetchSuite ? kOfxStatOK : kOfxStatFailed; }
