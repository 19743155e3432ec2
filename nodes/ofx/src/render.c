#include "render.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "colour.h"
#include "handover.h"
#include "host.h"
#include "image.h"
#include "pool.h"
#include "say.h"
#include "values.h"

enum { TRIES = 2, OUTPUT_SEGMENT = MOST_INPUTS + 1 };

struct frame {
    struct instance *instance;
    struct waiter waiter;
    OfxTime time;
    double scale;
    bool interactive;
    struct image images[MOST_INPUTS], output;
    OfxRectI area; /* Of the result. */
    OfxRectI display;
    char space[SPACE_ROOM];
    struct fault note; /* What the service says of a frame that came out well. */
    struct text params;
};

static bool host_aborts(void *data) {
    const struct frame *frame = data;
    return host.effect->abort(frame->instance->effect) != 0;
}

static bool read_arguments(struct frame *frame, OfxPropertySetHandle in, OfxRectI *window, struct fault *fault) {
    double other = 1.0;
    int interactive = 0, sequential = 0;
    frame->scale = 1.0;
    if (!get_double(in, kOfxPropTime, 0, &frame->time) || !get_rect_i(in, kOfxImageEffectPropRenderWindow, window))
        return fault_set(fault, "the host does not say what to render.");
    if (get_double(in, kOfxImageEffectPropRenderScale, 0, &frame->scale))
        other = frame->scale;
    get_double(in, kOfxImageEffectPropRenderScale, 1, &other);
    if (!(frame->scale > 0 && frame->scale <= 1) || fabs(other - frame->scale) > 1e-9)
        return fault_set(fault, "the host asks for a scale of %g by %g; choose a proxy of the same scale both ways, at most 1.",
                         frame->scale, other);
    get_int(in, kOfxImageEffectPropInteractiveRenderStatus, 0, &interactive);
    get_int(in, kOfxImageEffectPropSequentialRenderStatus, 0, &sequential);
    frame->interactive = interactive == 1 && sequential != 1 && !host.background;
    return true;
}

/* Pictures of all clips that are used. One that is needed and is not there is a fault, never a black picture. */
static bool fetch_inputs(struct frame *frame, struct fault *fault) {
    struct instance *instance = frame->instance;
    for (size_t i = 0; i < instance->clip_count; i++) {
        const struct clip *clip = &instance->clips[i];
        const char *help = json_string(clip->input, "help", "a picture");
        bool optional = json_bool(clip->input, "optional", false);
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

static bool gather(struct frame *frame, OfxPropertySetHandle in, struct fault *fault) {
    OfxRectI window;
    if (!read_arguments(frame, in, &window, fault) || !values_json(frame->instance, frame->time, &frame->params, fault) ||
        !colour_find(frame->instance, frame->time, frame->space, fault) || !fetch_inputs(frame, fault))
        return false;
    enum fetched fetched = image_fetch(&frame->output, frame->instance->output, "Output", frame->time, fault);
    if (fetched == NO_PICTURE)
        fault_set(fault, "the host gives no picture to write into.");
    if (fetched != FETCHED)
        return false;
    if (frame->output.pixels.components < 3)
        return fault_set(fault, "the host wants a result without R, G and B; ask it for RGBA.");
    frame->area = rect_meet(window, frame->output.pixels.bounds);
    return find_display(frame->instance, frame->time, frame->scale, frame->images[0].aspect, &frame->display, fault);
}

static void release(struct frame *frame) {
    for (size_t i = 0; i < frame->instance->clip_count; i++)
        image_release(&frame->images[i]);
    image_release(&frame->output);
    text_free(&frame->params);
}

static const char *channels_of(int components) {
    return components == 4 ? "[\"R\", \"G\", \"B\", \"A\"]" : "[\"R\", \"G\", \"B\"]";
}

static bool write_request(struct frame *frame, struct client *client, struct text *fields, struct handed handed[MOST_INPUTS],
                          size_t bytes, struct fault *fault) {
    struct instance *instance = frame->instance;
    text_add(fields, ", \"node\": \"%s\", \"frame\": %ld, \"scale\": ", instance->node->id, lround(frame->time));
    text_add_number(fields, frame->scale);
    text_add(fields, ", \"priority\": \"%s\", \"params\": %s, \"space\": ", frame->interactive ? "interactive" : "batch",
             frame->params.at ? frame->params.at : "{}");
    text_add_json(fields, frame->space);
    text_add(fields, ", \"inputs\": [");
    const char *comma = "";
    for (size_t i = 0; i < instance->clip_count; i++) {
        if (!frame->images[i].handle)
            continue;
        text_add(fields, "%s", comma);
        comma = ", ";
        /* Nodes want all inputs over the same window; what another one has outside Source's is not seen. */
        if (!hand_over(client, (int)i + 1, &instance->clips[i], &frame->images[i], frame->images[0].pixels.bounds, frame->display,
                       fields, &handed[i], &frame->waiter, fault))
            return false;
    }
    text_add(fields, "], \"output\": {\"segment\": %d, \"offset\": 0, \"bytes\": %zu, \"channels\": %s, \"window\": ", OUTPUT_SEGMENT,
             bytes, channels_of(frame->output.pixels.components));
    text_add_window(fields, window_down(frame->display, frame->area));
    text_add(fields, "}");
    fields->failed |= frame->params.failed;
    return true;
}

static bool same_rect(OfxRectI a, OfxRectI b) { return a.x1 == b.x1 && a.y1 == b.y1 && a.x2 == b.x2 && a.y2 == b.y2; }

/* Where the result lies: in the output's segment, or in an input's that was passed through. A reply that says anything
   else is not believed. */
static const float *result_of(const struct frame *frame, const struct client *client, const struct json *done,
                              const struct handed *handed, size_t bytes) {
    double segment = json_number(done, "segment", 0), offset = json_number(done, "offset", -1);
    bool known = segment == OUTPUT_SEGMENT && offset == 0;
    for (size_t i = 0; i < frame->instance->clip_count; i++)
        known |= handed[i].segment != 0 && segment == handed[i].segment && offset == 0 && handed[i].bytes == bytes &&
                 handed[i].channels == frame->output.pixels.components && same_rect(handed[i].area, frame->area);
    return known && client_segment_bytes(client, segment) >= bytes ? client_segment_at(client, segment) : NULL;
}

static bool try_render(struct frame *frame, struct client *client, struct fault *fault) {
    size_t plane = (size_t)(frame->area.x2 - frame->area.x1) * (size_t)(frame->area.y2 - frame->area.y1);
    size_t bytes = plane * sizeof(float) * (size_t)frame->output.pixels.components;
    struct handed handed[MOST_INPUTS] = {{0}};
    struct text fields = {0};
    struct json *done = NULL;
    if (client_segment(client, OUTPUT_SEGMENT, bytes, &frame->waiter, fault) &&
        write_request(frame, client, &fields, handed, bytes, fault))
        done = client_ask(client, "render", &fields, client_patience(), &frame->waiter, fault);
    text_free(&fields);
    if (!done)
        return false;
    const struct json *notes = json_get(done, "notes");
    if (notes && notes->kind == JSON_ARRAY && notes->first && notes->first->string)
        fault_set(&frame->note, "%s", notes->first->string);
    const float *result = result_of(frame, client, done, handed, bytes);
    if (result)
        planes_to_pixels(&frame->output.pixels, frame->area, result);
    else {
        fault->lost = true;
        fault_set(fault, "the Doublure service's reply makes no sense; end it with doublure serve --stop and render again.");
    }
    free(done);
    return result != NULL;
}

/* A service that went away in the middle is started again, once. */
static bool render_frame(struct frame *frame, struct fault *fault) {
    for (int i = 0; i < TRIES; i++) {
        *fault = (struct fault){0};
        struct client *client = pool_take(&frame->waiter, fault);
        bool good = client && try_render(frame, client, fault);
        if (client)
            pool_give(client, fault->lost);
        if (good || !fault->lost || fault->final || fault->aborted)
            return good;
    }
    return false;
}

OfxStatus render(struct instance *instance, OfxPropertySetHandle in) {
    struct frame frame = {.instance = instance, .waiter = {host_aborts, &frame, NULL}};
    struct fault fault = {0};
    bool good = gather(&frame, in, &fault) && (rect_empty(frame.area) || render_frame(&frame, &fault));
    release(&frame);
    if (good && frame.note.sentence[0])
        say_note(instance, frame.note.sentence);
    else if (good)
        say_nothing(instance);
    else if (!fault.aborted)
        say_failed(instance, fault.sentence);
    return good ? kOfxStatOK : kOfxStatFailed;
}
