#include "identity.h"

#include "alpha.h"
#include "host.h"
#include "values.h"

const struct clip *identity_find(struct instance *instance, OfxTime time) {
    const struct clip *clip = values_identity(instance, time);
    const char *channel = NULL;
    struct fault fault = {0};
    bool passes = clip && clip_used(clip, time) && alpha_find(instance, time, &channel, &fault) && !channel;
    return passes ? clip : NULL;
}

bool identity_is_premultiplied(const struct clip *clip) {
    return !is_text(get_string(clip->set, kOfxImageEffectPropPreMultiplication), kOfxImageUnPreMultiplied);
}
