#include "alpha.h"

#include "host.h"

bool alpha_find(const struct instance *instance, OfxTime time, const char **channel, struct fault *fault) {
    const struct json *alpha = instance->node->alpha;
    int chosen = 0;
    *channel = NULL;
    if (!alpha)
        return true;
    if (!instance->alpha || host.param->paramGetValueAtTime(instance->alpha, time, &chosen) != kOfxStatOK)
        return fault_set(fault, "the host does not give %s of %s a value; load the node again.", json_string(alpha, "label", "Alpha"),
                         instance->node->label);
    /* Beside the first choice, A as it is, each names a channel. */
    const struct json *choices = json_get(alpha, "choices");
    const struct json *choice = choices ? choices->first : NULL;
    for (int i = 0; i < chosen && choice; i++)
        choice = choice->next;
    if (chosen < 0 || !choice || !choice->string)
        return fault_set(fault, "%s of %s is none of its choices; choose one.", json_string(alpha, "label", "Alpha"),
                         instance->node->label);
    *channel = chosen > 0 ? choice->string : NULL;
    return true;
}
