/* A small strict OpenFX host for tests. It reads commands from its input and answers each with one line of JSON. */
#ifndef TEST_HOST_H
#define TEST_HOST_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "abi.h"

enum { ROOM = 256, MOST = 96 };

/* What the host pretends to be; set by the command `option` before `load`. */
struct options {
    int all_connected, negative_rows, padding, unknown_ok, depth_none, no_pages, no_progress, background, temporal;
    int message; /* 0 none, 1, 2, or 3: version 2 with pointers to nowhere. */
    int project; /* Tells its size. */
    int forget_ints; /* Says OK and writes nothing where it does not know a property. */
    int stop_progress; /* progressUpdate says stop at this call. */
    int no_param, no_image, zero_rows, empty_bounds;
    int direct; /* Hands out its own memory, without a copy; rows are packed, from below. */
    int no_picture_region; /* A picture does not tell its region of definition. */
    int pixel_regions; /* Says regions of clips in pixels where they should be canonical. */
    char colour[ROOM], name[ROOM], format[ROOM];
    int width, height;
};
extern struct options options;

struct value {
    char kind; /* 'i', 'd', 's' or 'p' */
    int i;
    double d;
    char *s;
    void *p;
};
struct property {
    char name[ROOM];
    char kind;
    int count, room;
    struct value *values;
};
struct set {
    struct property *properties;
    int count, room;
    bool lax; /* Takes any name: arguments that carry a clip's name. */
};

struct param {
    char name[ROOM], type[ROOM], text[1024];
    struct set set;
    double numbers[3], ramp;
    int whole;
};
struct clip {
    char name[ROOM];
    struct set set;
    float *pixels; /* Rows from below, interleaved. NULL where nothing is connected. */
    OfxRectI bounds;
    OfxRectD region;
    int components, fetched;
    bool output;
    struct effect *effect;
};
struct effect {
    char plugin[ROOM];
    struct set set, param_set;
    struct clip clips[16];
    struct param params[MOST];
    int clip_count, param_count;
    OfxPlugin *entry;
};

/* A render under way in this thread. */
struct job {
    float *output;
    OfxRectI bounds;
    int components;
};
extern _Thread_local struct job job;
extern char abort_when[1024]; /* abort() says yes once this file exists; "" is never. */

struct image {
    struct set set;
    char *memory;
    size_t bytes;
    struct clip *clip;
    float *back; /* Where an output is copied to when it is released. */
};

void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern char messages[16384], complaints[16384], unknown[16384], times[16384];
extern int images_out, progress_calls, progress_open, persistent_set, persistent_cleared;
void note(char *list, const char *text);

struct property *find(struct set *set, const char *name);
void put_i(struct set *set, const char *name, int index, int value);
void put_d(struct set *set, const char *name, int index, double value);
void put_s(struct set *set, const char *name, int index, const char *value);
void put_p(struct set *set, const char *name, int index, void *value);
void set_clear(struct set *set);

void print_text(const char *text);
void print_set(struct set *set);
void print_effect(struct effect *effect);

extern struct effect effects[16];
OfxPlugin *plugin_named(const char *name);
OfxStatus describe(OfxPlugin *plugin, const char *context, struct effect *effect);
double now(void); /* Seconds. */
void effect_clear(struct effect *effect);
void load(const char *path);
void create(const char *plugin, const char *context);
void unload(void);

size_t floats_in(OfxRectI rect, int components);
void set_abort(const char *file);
void render_command(struct effect *effect, char **word);

extern const OfxPropertySuiteV1 property_suite;
extern const OfxParameterSuiteV1 param_suite;
extern const OfxImageEffectSuiteV1 effect_suite;
const void *fetch_suite(OfxPropertySetHandle host, const char *name, int version);

#endif
