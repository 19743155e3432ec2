#include "analyse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "colour.h"
#include "handover.h"
#include "host.h"
#include "image.h"
#include "patience.h"
#include "pool.h"
#include "say.h"
#include "values.h"

/* Of the whole; the rest is the solving at the end. */
static const double FRAMES_SHARE = 0.9;

struct analysis {
    struct instance *instance;
    struct client *client;
    struct waiter waiter;
    OfxTime now;
    long first, last;
    double session;
    int found;
    char space[SPACE_ROOM];
};

static bool host_aborts(void *data) {
    const struct analysis *analysis = data;
    return host.effect->abort(analysis->instance->effect) != 0;
}

static bool find_range(struct analysis *analysis, struct fault *fault) {
    double first = 0, last = 0;
    const struct clip *source = &analysis->instance->clips[0];
    bool known = get_double(source->set, kOfxImageEffectPropFrameRange, 0, &first) &&
                 get_double(source->set, kOfxImageEffectPropFrameRange, 1, &last) && first <= last && fabs(first) < 1e9 && fabs(last) < 1e9;
    if (!known && host.timeline)
        known = host.timeline->getTimeBounds(analysis->instance->effect, &first, &last) == kOfxStatOK && first <= last &&
                fabs(first) < 1e9 && fabs(last) < 1e9;
    if (!known)
        return fault_set(fault, "the host does not say which frames Source has; run doublure track on its files.");
    analysis->first = lround(first);
    analysis->last = lround(last);
    if (analysis->first < analysis->last && !host.temporal)
        return fault_set(fault, "this host gives a node only the current frame; run doublure track on the files of Source.");
    return true;
}

/* The session's settings are the params that Track declares: all of them go, and the service takes what it knows. */
static bool begin(struct analysis *analysis, struct fault *fault) {
    struct text fields = {0}, params = {0};
    bool good = values_json(analysis->instance, analysis->now, &params, fault);
    struct json *values = good && params.at && !params.failed ? json_parse(params.at, params.length) : NULL, *done = NULL;
    if (good && values) {
        char source[240];
        snprintf(source, sizeof source, "Source in %s", host.name);
        text_add(&fields, ", \"sidecar\": ");
        text_add_json(&fields, json_string(values, "sidecar", ""));
        text_add(&fields, ", \"settings\": %s, \"source\": ", params.at);
        text_add_json(&fields, source);
        text_add(&fields, ", \"total\": %ld", analysis->last - analysis->first + 1);
        done = client_ask(analysis->client, "track.begin", &fields, patience_seconds(), &analysis->waiter, fault);
        analysis->session = json_number(done, "session", 0);
    }
    if (!done && !fault->sentence[0] && !fault->aborted)
        fault_set(fault, "there is no memory for the analysis.");
    free(done);
    free(values);
    text_free(&params);
    text_free(&fields);
    return done != NULL;
}

static bool is_proxy(const struct image *image) {
    double scale = 1.0;
    get_double(image->handle, kOfxImageEffectPropRenderScale, 0, &scale);
    return scale > 0 && fabs(scale - 1.0) > 1e-9;
}

/* Whether the artist has left the frame on. */
static bool add_enabled(struct analysis *analysis, long number, struct text *fields, struct fault *fault) {
    struct text params = {0};
    bool good = values_json(analysis->instance, (OfxTime)number, &params, fault);
    struct json *values = good && params.at && !params.failed ? json_parse(params.at, params.length) : NULL;
    if (good && !values)
        good = fault_set(fault, "there is no memory for the analysis.");
    if (good)
        text_add(fields, ", \"enabled\": %s", json_bool(values, "enabled", true) ? "true" : "false");
    free(values);
    text_free(&params);
    return good;
}

/* The matte of what is in front of the face, where one is connected; a frame for which the host has none has nothing there. */
static bool add_matte(struct analysis *analysis, long number, OfxRectI area, OfxRectI display, struct text *fields, struct fault *fault) {
    struct instance *instance = analysis->instance;
    if (instance->clip_count < 2 || !clip_used(&instance->clips[1], (OfxTime)number))
        return true;
    struct image image;
    enum fetched fetched = image_fetch(&image, instance->clips[1].handle, instance->clips[1].name, (OfxTime)number, fault);
    if (fetched != FETCHED)
        return fetched == NO_PICTURE;
    struct handed handed;
    text_add(fields, ", \"occlusion\": ");
    bool good = hand_over(analysis->client, 2, &instance->clips[1], &image, area, display, fields, &handed, &analysis->waiter, fault);
    image_release(&image);
    return good;
}

static bool send_frame(struct analysis *analysis, long number, struct fault *fault) {
    struct instance *instance = analysis->instance;
    struct image image;
    enum fetched fetched = image_fetch(&image, instance->clips[0].handle, "Source", (OfxTime)number, fault);
    if (fetched == NO_PICTURE)
        fault_set(fault, "frame %ld: the host has no picture on Source; correct its frame range.", number);
    if (fetched != FETCHED)
        return false;
    OfxRectI display;
    struct text fields = {0};
    struct handed handed;
    struct json *done = NULL;
    text_add(&fields, ", \"session\": %.0f, \"frame\": %ld, \"space\": ", analysis->session, number);
    text_add_json(&fields, analysis->space);
    text_add(&fields, ", \"input\": ");
    if (is_proxy(&image))
        fault_set(fault, "the host gives pictures in a proxy scale; switch the proxy off and track again.");
    else if (find_display(instance, (OfxTime)number, 1.0, &image, &display, fault) &&
             hand_over(analysis->client, 1, &instance->clips[0], &image, image.pixels.bounds, display, &fields, &handed,
                       &analysis->waiter, fault) &&
             add_matte(analysis, number, image.pixels.bounds, display, &fields, fault) &&
             add_enabled(analysis, number, &fields, fault))
        done = client_ask(analysis->client, "track.frame", &fields, patience_seconds(), &analysis->waiter, fault);
    image_release(&image);
    text_free(&fields);
    analysis->found += json_bool(done, "found", false);
    free(done);
    return done != NULL;
}

/* Whether the artist goes on. */
static bool show_progress(const struct analysis *analysis, double share) {
    return !host.progress || host.progress->progressUpdate(analysis->instance->effect, share) != kOfxStatReplyNo;
}

/* What the service tells while it solves the shot. */
static bool show_solving(void *data, double fraction) {
    return show_progress(data, FRAMES_SHARE + (1.0 - FRAMES_SHARE) * fmin(1.0, fmax(0.0, fraction)));
}

static bool send_frames(struct analysis *analysis, struct fault *fault) {
    double total = (double)(analysis->last - analysis->first + 1);
    for (long number = analysis->first; number <= analysis->last; number++) {
        if (!show_progress(analysis, FRAMES_SHARE * (double)(number - analysis->first) / total) || waiter_stopped(&analysis->waiter)) {
            fault->aborted = true;
            return false;
        }
        if (!send_frame(analysis, number, fault))
            return false;
    }
    return true;
}

static bool end(struct analysis *analysis, const char *how, const struct waiter *waiter, struct fault *fault) {
    struct text fields = {0};
    text_add(&fields, ", \"session\": %.0f", analysis->session);
    struct json *done = client_ask(analysis->client, how, &fields, patience_seconds(), waiter, fault);
    text_free(&fields);
    free(done);
    return done != NULL;
}

static bool run(struct analysis *analysis, struct fault *fault) {
    analysis->client = pool_take(&analysis->waiter, fault);
    if (!analysis->client)
        return false;
    bool begun = begin(analysis, fault);
    const struct waiter solving = {host_aborts, analysis, show_solving};
    bool good = begun && send_frames(analysis, fault) && end(analysis, "track.finish", &solving, fault);
    if (begun && !good && !fault->lost) {
        /* One that is over already answers with an error, which changes nothing. */
        struct fault ignored = {0};
        end(analysis, "track.abort", NULL, &ignored);
        fault->lost = ignored.lost;
    }
    pool_give(analysis->client, fault->lost);
    return good;
}

static void raise_revision(const struct instance *instance) {
    int revision = 0;
    if (instance->revision && host.param->paramGetValue(instance->revision, &revision) == kOfxStatOK)
        host.param->paramSetValue(instance->revision, revision + 1);
}

OfxStatus analyse(struct instance *instance, OfxTime now) {
    struct analysis analysis = {.instance = instance, .waiter = {host_aborts, &analysis, NULL}, .now = now};
    struct fault fault = {0};
    bool shown = false, good = false;
    if (!clip_used(&instance->clips[0], now))
        fault_set(&fault, "Source of %s is not connected; connect %s.", instance->node->label,
                  json_string(instance->clips[0].input, "help", "the plate"));
    else if (colour_find(instance, now, analysis.space, &fault) && find_range(&analysis, &fault)) {
        shown = host.progress && host.progress->progressStart(instance->effect, "Tracking the face") == kOfxStatOK;
        good = run(&analysis, &fault);
    }
    if (shown)
        host.progress->progressEnd(instance->effect);
    if (good) {
        char sentence[200];
        snprintf(sentence, sizeof sentence, "A face was found in %d of %ld frames; the sidecar is written.", analysis.found,
                 analysis.last - analysis.first + 1);
        say_nothing(instance);
        raise_revision(instance);
        say_done(instance, sentence);
    } else if (!fault.aborted)
        say_failed(instance, fault.sentence);
    return good ? kOfxStatOK : kOfxStatFailed;
}
