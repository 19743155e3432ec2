/* One node in a host's graph: handles that stay the same for its life. Nothing in it changes while it renders, save
   what the host was told last. */
#ifndef DOUBLURE_INSTANCE_H
#define DOUBLURE_INSTANCE_H

#include <pthread.h>

#include "abi.h"
#include "descriptors.h"
#include "fault.h"

struct clip {
    const struct json *input;
    const char *name;
    OfxImageClipHandle handle; /* NULL where the host has no such clip. */
    OfxPropertySetHandle set;
    OfxParamHandle use; /* The switch of an optional matte; NULL where there is none. */
};

struct instance {
    const struct node *node;
    OfxImageEffectHandle effect;
    OfxPropertySetHandle set;
    struct clip clips[MOST_INPUTS]; /* In the node's order: the first one is Source. */
    size_t clip_count;
    OfxImageClipHandle output;
    OfxParamHandle params[MOST_PARAMS]; /* In the node's order. */
    OfxParamHandle space, alpha, revision;
    pthread_mutex_t lock;
    char told[256]; /* The beginning of the last sentence told, "" after a frame that came out well. */
};

OfxStatus instance_create(const struct node *node, OfxImageEffectHandle effect);
OfxStatus instance_destroy(OfxImageEffectHandle effect);

/* NULL where the host lost it. */
struct instance *instance_of(OfxImageEffectHandle effect);

/* Whether pictures of that clip are to be fetched: it is connected and, where it has a switch, switched on. */
bool clip_used(const struct clip *clip, OfxTime time);

#endif
