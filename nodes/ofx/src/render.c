#include "render.h"

#include <math.h>
#include <stdlib.h>

#include "frame.h"
#include "handover.h"
#include "host.h"
#include "identity.h"
#include "patience.h"
#include "pool.h"
#include "say.h"

enum { TRIES = 2, OUTPUT_SEGMENT = MOST_INPUTS + 1 };

static bool host_aborts(void *data) {
    const struct frame *frame = data;
    return host.effect->abort(frame->instance->effect) != 0;
}

static void add_channels(struct text *fields, const struct frame *frame) {
    text_add(fields, "[\"R\", \"G\", \"B\"");
    if (frame->output.pixels.components == 4) {
        text_add(fields, ", ");
        text_add_json(fields, frame->alpha ? frame->alpha : "A");
    }
    text_add(fields, "]");
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
    text_add(fields, "], \"output\": {\"segment\": %d, \"offset\": 0, \"bytes\": %zu, \"channels\": ", OUTPUT_SEGMENT, bytes);
    add_channels(fields, frame);
    text_add(fields, ", \"window\": ");
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
        known |= !frame->alpha && handed[i].segment != 0 && segment == handed[i].segment && offset == 0 && handed[i].bytes == bytes &&
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
        done = client_ask(client, "render", &fields, patience_seconds(), &frame->waiter, fault);
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

/* The service is not asked for it, and the host may not have asked whether there is work to do. */
static bool pass_through(const struct frame *frame) {
    for (size_t i = 0; i < frame->instance->clip_count; i++)
        if (frame->images[i].handle)
            pixels_copy(&frame->output.pixels, frame->area, &frame->images[i].pixels, !identity_is_premultiplied(frame->passed));
    return true;
}

OfxStatus render(struct instance *instance, OfxPropertySetHandle in) {
    struct frame frame = {.instance = instance, .waiter = {host_aborts, &frame, NULL}};
    struct fault fault = {0};
    bool good = frame_gather(&frame, in, &fault) &&
                (rect_empty(frame.area) || (frame.passed ? pass_through(&frame) : render_frame(&frame, &fault)));
    frame_free(&frame, !good);
    if (good && frame.note.sentence[0])
        say_note(instance, frame.note.sentence);
    else if (good)
        say_nothing(instance);
    else if (!fault.aborted)
        say_failed(instance, fault.sentence);
    return good ? kOfxStatOK : kOfxStatFailed;
}
