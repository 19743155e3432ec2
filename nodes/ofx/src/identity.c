#include "identity.h"

#include "alpha.h"
#include "host.h"
#include "values.h"

const struct clip *identity_find(struct instance *instance, OfxTime time) {
    const struct clip *clip = values_identity(instance, time);
    const char *channel = NULL;
    struct fault fault = {0};
    if (!clip || !clip_used(clip, time) || !alpha_find(instance, time, &channel, &fault) || channel)
        return NULL;
    /* The result is premultiplied: a picture that is not cannot stand for it. */
    return is_text(get_string(clip->set, kOfxImageEffectPropPreMultiplication), kOfxImageUnPreMultiplied) ? NULL : clip;
}
