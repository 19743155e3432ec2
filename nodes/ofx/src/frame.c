#include "frame.h"

#include <math.h>

#include "alpha.h"
#include "handover.h"
#include "host.h"
#include "identity.h"
#include "values.h"

static bool read_arguments(struct frame *frame, OfxPropertySetHandle in, OfxRectI *window, struct fault *fault) {
    int interactive = 0, sequential = 0;
    if (!get_double(in, kOfxPropTime, 0, &frame->time) || !get_rect_i(in, kOfxImageEffectPropRenderWindow, window))
        return fault_set(fault, "the host does not say what to render.");
    get_int(in, kOfxImageEffectPropInteractiveRenderStatus, 0, &interactive);
    get_int(in, kOfxImageEffectPropSequentialRenderStatus, 0, &sequential);
    frame->interactive = interactive == 1 && sequential != 1 && !host.background;
    return true;
}

static bool read_scale(struct frame *frame, OfxPropertySetHandle in, struct fault *fault) {
    double across = 1.0, down;
    get_double(in, kOfxImageEffectPropRenderScale, 0, &across);
    down = across;
    get_double(in, kOfxImageEffectPropRenderScale, 1, &down);
    frame->scale = across;
    return (across > 0 && across <= 1 && fabs(down - across) <= 1e-9) ||
           fault_set(fault, "the host asks for a scale of %g by %g; choose a proxy of the same scale both ways, at most 1.", across,
                     down);
}

/* Before all else: what fails later must not leave in it what was there. */
static bool fetch_output(struct frame *frame, OfxRectI window, struct fault *fault) {
    enum fetched fetched = image_fetch(&frame->output, frame->instance->output, "Output", frame->time, fault);
    if (fetched == NO_PICTURE)
        fault_set(fault, "the host gives no picture to write into.");
    if (fetched != FETCHED)
        return false;
    frame->area = rect_meet(window, frame->output.pixels.bounds);
    return frame->output.pixels.components >= 3 ||
           fault_set(fault, "the host wants a result without R, G and B; ask it for RGBA.");
}

/* Pictures of all clips that are used. One that is needed and is not there is a fault, never a black picture. */
static bool fetch_inputs(struct frame *frame, struct fault *fault) {
    struct instance *instance = frame->instance;
    for (size_t i = 0; i < instance->clip_count; i++) {
        const struct clip *clip = &instance->clips[i];
        const char *help = json_string(clip->input, "help", "a picture");
        bool optional = json_bool(clip->input, "optional", false);
        if (frame->passed && frame->passed != clip)
            continue;
        if (!clip_used(clip, frame->time)) {
            if (!optional)
                return fault_set(fault, "%s of %s is not connected; connect %s.", clip->name, instance->node->label, help);
            continue;
        }
        enum fetched fetched = image_fetch(&frame->images[i], clip->handle, clip->name, frame->time, fault);
        if (fetched == BAD_PICTURE)
            return false;
        if (fetched == NO_PICTURE && !optional)
            return fault_set(fault, "frame %ld: the host has no picture on %s of %s; connect %s.", lround(frame->time), clip->name,
                             instance->node->label, help);
    }
    return true;
}

/* What the service is told. */
static bool read_values(struct frame *frame, struct fault *fault) {
    struct instance *instance = frame->instance;
    if (!values_json(instance, frame->time, &frame->params, fault) || !alpha_find(instance, frame->time, &frame->alpha, fault) ||
        !colour_find(instance, frame->time, frame->space, fault))
        return false;
    return !frame->alpha || frame->output.pixels.components == 4 ||
           fault_set(fault, "the host wants a result without A, where the %s of %s belongs; ask it for RGBA, or choose another Alpha.",
                     frame->alpha, instance->node->label);
}

bool frame_gather(struct frame *frame, OfxPropertySetHandle in, struct fault *fault) {
    OfxRectI window;
    if (!read_arguments(frame, in, &window, fault) || !fetch_output(frame, window, fault))
        return false;
    frame->passed = identity_find(frame->instance, frame->time);
    if (frame->passed)
        return fetch_inputs(frame, fault);
    return read_scale(frame, in, fault) && read_values(frame, fault) && fetch_inputs(frame, fault) &&
           find_display(frame->instance, frame->time, frame->scale, &frame->images[0], &frame->display, fault);
}

void frame_free(struct frame *frame, bool failed) {
    if (failed && frame->output.handle && !rect_empty(frame->area))
        pixels_clear(&frame->output.pixels, frame->area);
    for (size_t i = 0; i < frame->instance->clip_count; i++)
        image_release(&frame->images[i]);
    image_release(&frame->output);
    text_free(&frame->params);
}
