#define _GNU_SOURCE
#include "host.h"

#include <dlfcn.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct options options = {.message = 2, .project = 1, .width = 64, .height = 48, .temporal = 1};
char messages[16384], complaints[16384], unknown[16384], times[16384];

static void *library;
static OfxPlugin *plugins[16];
static int plugin_count;
static struct set host_set;
static OfxHost host = {0};
static struct effect descriptors[16], effects[16];
static int effect_count;

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Adds a line to a list; to that of unknown properties once. */
void note(char *list, const char *text) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    size_t used = strlen(list), room = sizeof messages;
    if (used + strlen(text) + 2 < room && !(list == unknown && strstr(list, text)))
        sprintf(list + used, "%s\n", text);
    pthread_mutex_unlock(&lock);
}

void complain(const char *format, ...) {
    char text[600];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    note(complaints, text);
}

static void print_text(const char *text) {
    putchar('"');
    for (; text && *text; text++)
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            printf("\\u%04x", (unsigned)*text);
        else
            putchar(*text);
    putchar('"');
}

static void print_set(struct set *set) {
    putchar('{');
    for (int i = 0; i < set->count; i++) {
        struct property *property = &set->properties[i];
        printf("%s", i ? ", " : "");
        print_text(property->name);
        printf(": [");
        for (int j = 0; j < property->count; j++) {
            printf("%s", j ? ", " : "");
            if (property->kind == 's')
                print_text(property->values[j].s);
            else if (property->kind == 'd')
                printf("%.17g", property->values[j].d);
            else if (property->kind == 'i')
                printf("%d", property->values[j].i);
            else
                printf("null");
        }
        printf("]");
    }
    putchar('}');
}

static void print_effect(struct effect *effect) {
    printf(", \"properties\": ");
    print_set(&effect->set);
    printf(", \"clips\": {");
    for (int i = 0; i < effect->clip_count; i++) {
        printf("%s\"%s\": ", i ? ", " : "", effect->clips[i].name);
        print_set(&effect->clips[i].set);
    }
    printf("}, \"params\": {");
    for (int i = 0; i < effect->param_count; i++) {
        printf("%s\"%s\": ", i ? ", " : "", effect->params[i].name);
        print_set(&effect->params[i].set);
    }
    printf("}");
}

static OfxPlugin *plugin_named(const char *name) {
    for (int i = 0; i < plugin_count; i++)
        if (strcmp(strrchr(plugins[i]->pluginIdentifier, '.') + 1, name) == 0)
            return plugins[i];
    complain("no plug-in %s", name);
    return plugins[0];
}

static void effect_clear(struct effect *effect) {
    for (int i = 0; i < effect->clip_count; i++) {
        set_clear(&effect->clips[i].set);
        free(effect->clips[i].pixels);
    }
    for (int i = 0; i < effect->param_count; i++)
        set_clear(&effect->params[i].set);
    set_clear(&effect->set);
    *effect = (struct effect){0};
}

static OfxStatus describe(OfxPlugin *plugin, const char *context, struct effect *effect) {
    struct set arguments = {0};
    effect_clear(effect);
    effect->entry = plugin;
    OfxStatus status = plugin->mainEntry(kOfxActionDescribe, effect, NULL, NULL);
    put_s(&arguments, kOfxImageEffectPropContext, 0, context);
    if (status == kOfxStatOK)
        status = plugin->mainEntry(kOfxImageEffectActionDescribeInContext, effect, (OfxPropertySetHandle)&arguments, NULL);
    set_clear(&arguments);
    return status;
}

static void describe_host(void) {
    put_s(&host_set, kOfxPropName, 0, options.name[0] ? options.name : "org.example.testhost");
    put_s(&host_set, kOfxPropLabel, 0, options.name[0] ? options.name : "Test Host");
    put_i(&host_set, kOfxPropVersion, 0, 3);
    put_i(&host_set, kOfxPropVersion, 1, 1);
    put_i(&host_set, kOfxImageEffectHostPropIsBackground, 0, options.background);
    put_i(&host_set, kOfxImageEffectPropTemporalClipAccess, 0, options.temporal);
    put_i(&host_set, kOfxParamHostPropSupportsBooleanAnimation, 0, 1);
    put_i(&host_set, kOfxParamHostPropSupportsChoiceAnimation, 0, 0);
    put_i(&host_set, kOfxParamHostPropMaxPages, 0, !options.no_pages);
    if (options.colour[0])
        put_s(&host_set, kOfxImageEffectPropColourManagementStyle, 0, options.colour);
}

/* From opening the binary to every plug-in described, as a host does when it starts. */
static void load(const char *path) {
    double start = now();
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        printf("{\"status\": -1, \"error\": ");
        print_text(dlerror());
        printf("}\n");
        return;
    }
    int (*count)(void);
    OfxPlugin *(*get)(int);
    OfxStatus (*set)(const OfxHost *);
    *(void **)&count = dlsym(library, "OfxGetNumberOfPlugins");
    *(void **)&get = dlsym(library, "OfxGetPlugin");
    *(void **)&set = dlsym(library, "OfxSetHost");
    describe_host();
    host = (OfxHost){(OfxPropertySetHandle)&host_set, fetch_suite};
    OfxStatus status = set(&host);
    plugin_count = count();
    for (int i = 0; i < plugin_count && status == kOfxStatOK; i++) {
        plugins[i] = get(i);
        plugins[i]->setHost(&host);
        status = plugins[i]->mainEntry(kOfxActionLoad, NULL, NULL, NULL);
        if (status == kOfxStatOK)
            status = describe(plugins[i], kOfxImageEffectContextGeneral, &descriptors[i]);
    }
    double seconds = now() - start;
    printf("{\"status\": %d, \"seconds\": %g, \"outside\": %s, \"plugins\": [", status, seconds,
           get(-1) || get(plugin_count) ? "true" : "false");
    for (int i = 0; i < plugin_count; i++)
        printf("%s{\"id\": \"%s\", \"api\": \"%s\", \"major\": %u}", i ? ", " : "", plugins[i]->pluginIdentifier,
               plugins[i]->pluginApi, plugins[i]->pluginVersionMajor);
    printf("]}\n");
}

static void set_defaults(struct effect *effect) {
    for (int i = 0; i < effect->param_count; i++) {
        struct param *param = &effect->params[i];
        struct property *value = find(&param->set, kOfxParamPropDefault);
        for (int j = 0; value && j < value->count; j++) {
            if (value->kind == 'd')
                param->numbers[j] = value->values[j].d;
            else if (value->kind == 'i')
                param->whole = value->values[j].i;
            else
                snprintf(param->text, sizeof param->text, "%s", value->values[j].s);
        }
    }
}

static void create(const char *plugin, const char *context) {
    struct effect *effect = &effects[effect_count];
    OfxStatus status = describe(plugin_named(plugin), context, effect);
    set_defaults(effect);
    for (int i = 0; i < effect->clip_count; i++)
        put_i(&effect->clips[i].set, kOfxImageClipPropConnected, 0, options.all_connected);
    if (options.project) {
        int size[2] = {options.width, options.height};
        for (int i = 0; i < 2; i++) {
            put_d(&effect->set, kOfxImageEffectPropProjectSize, i, size[i]);
            put_d(&effect->set, kOfxImageEffectPropProjectExtent, i, size[i]);
            put_d(&effect->set, kOfxImageEffectPropProjectOffset, i, 0);
        }
    }
    if (status == kOfxStatOK)
        status = effect->entry->mainEntry(kOfxActionCreateInstance, effect, NULL, NULL);
    printf("{\"status\": %d, \"instance\": %d}\n", status, effect_count++);
}

static struct clip *clip_named(struct effect *effect, const char *name) {
    for (int i = 0; i < effect->clip_count; i++)
        if (strcmp(effect->clips[i].name, name) == 0)
            return &effect->clips[i];
    complain("no clip %s", name);
    return &effect->clips[0];
}

static float *read_floats(const char *path, size_t count) {
    float *floats = calloc(count + 1, sizeof *floats);
    FILE *file = fopen(path, "rb");
    if (!file || fread(floats, sizeof *floats, count, file) != count)
        complain("cannot read %s", path);
    if (file)
        fclose(file);
    return floats;
}

static size_t floats_in(OfxRectI r, int components) {
    return (size_t)(r.x2 - r.x1) * (size_t)(r.y2 - r.y1) * (size_t)components;
}

static void connect_clip(struct effect *effect, char **word) {
    struct clip *clip = clip_named(effect, word[0]);
    clip->components = atoi(word[1]);
    clip->bounds = (OfxRectI){atoi(word[2]), atoi(word[3]), atoi(word[4]), atoi(word[5])};
    double scale = atof(word[6]);
    clip->region = (OfxRectD){clip->bounds.x1 / scale, clip->bounds.y1 / scale, clip->bounds.x2 / scale, clip->bounds.y2 / scale};
    free(clip->pixels);
    clip->pixels = read_floats(word[7], floats_in(clip->bounds, clip->components));
    put_i(&clip->set, kOfxImageClipPropConnected, 0, 1);
    put_d(&clip->set, kOfxImageEffectPropFrameRange, 0, 1);
    put_d(&clip->set, kOfxImageEffectPropFrameRange, 1, 3);
    put_d(&clip->set, kOfxImagePropPixelAspectRatio, 0, 1);
    put_s(&clip->set, kOfxImageClipPropUnmappedComponents, 0,
          clip->components == 4 ? kOfxImageComponentRGBA : clip->components == 3 ? kOfxImageComponentRGB : kOfxImageComponentAlpha);
    printf("{}\n");
}

static void set_param(struct effect *effect, const char *name, const char *value) {
    for (int i = 0; i < effect->param_count; i++) {
        struct param *param = &effect->params[i];
        if (strcmp(param->name, name) != 0)
            continue;
        snprintf(param->text, sizeof param->text, "%s", strcmp(value, "-") == 0 ? "" : value);
        param->whole = atoi(value);
        sscanf(value, "%lf,%lf,%lf", &param->numbers[0], &param->numbers[1], &param->numbers[2]);
        char *ramp = strchr(value, '~');
        param->ramp = ramp ? atof(ramp + 1) : 0;
        printf("{}\n");
        return;
    }
    complain("no param %s", name);
    printf("{}\n");
}

static void set_abort(const char *file) { snprintf(abort_when, sizeof abort_when, "%s", strcmp(file, "-") == 0 ? "" : file); }

struct render {
    struct effect *effect;
    double time, scale;
    OfxRectI window, bounds;
    int components, interactive;
    char path[1024];
    OfxStatus status;
};

static void *render(void *data) {
    struct render *r = data;
    struct set in = {0};
    size_t count = floats_in(r->bounds, r->components);
    job = (struct job){calloc(count, sizeof(float)), r->bounds, r->components};
    for (size_t i = 0; i < count; i++)
        job.output[i] = -12345.0f;
    int window[4] = {r->window.x1, r->window.y1, r->window.x2, r->window.y2};
    put_d(&in, kOfxPropTime, 0, r->time);
    for (int i = 0; i < 4; i++)
        put_i(&in, kOfxImageEffectPropRenderWindow, i, window[i]);
    put_d(&in, kOfxImageEffectPropRenderScale, 0, r->scale);
    put_d(&in, kOfxImageEffectPropRenderScale, 1, r->scale);
    put_i(&in, kOfxImageEffectPropInteractiveRenderStatus, 0, r->interactive);
    put_i(&in, kOfxImageEffectPropSequentialRenderStatus, 0, 0);
    r->status = r->effect->entry->mainEntry(kOfxImageEffectActionRender, r->effect, (OfxPropertySetHandle)&in, NULL);
    FILE *file = fopen(r->path, "wb");
    fwrite(job.output, sizeof(float), count, file);
    fclose(file);
    free(job.output);
    job.output = NULL;
    set_clear(&in);
    return NULL;
}

/* render PATH TIME SCALE COMPONENTS wx1 wy1 wx2 wy2 bx1 by1 bx2 by2 THREADS ABORT INTERACTIVE */
static void render_command(struct effect *effect, char **word) {
    enum { MOST_THREADS = 32 };
    struct render all[MOST_THREADS];
    pthread_t threads[MOST_THREADS];
    int count = atoi(word[12]);
    set_abort(word[13]);
    for (int i = 0; i < count; i++) {
        all[i] = (struct render){.effect = effect,
                                 .time = atof(word[1]) + i,
                                 .scale = atof(word[2]),
                                 .components = atoi(word[3]),
                                 .window = {atoi(word[4]), atoi(word[5]), atoi(word[6]), atoi(word[7])},
                                 .bounds = {atoi(word[8]), atoi(word[9]), atoi(word[10]), atoi(word[11])},
                                 .interactive = atoi(word[14])};
        snprintf(all[i].path, sizeof all[i].path, "%s.%d", word[0], i);
    }
    if (count == 1)
        render(&all[0]);
    else {
        for (int i = 0; i < count; i++)
            pthread_create(&threads[i], NULL, render, &all[i]);
        for (int i = 0; i < count; i++)
            pthread_join(threads[i], NULL);
    }
    set_abort("-");
    printf("{\"status\": [");
    for (int i = 0; i < count; i++)
        printf("%s%d", i ? ", " : "", all[i].status);
    printf("]}\n");
}

/* action NAME TIME: any action that has a time and answers in its out-arguments. */
static void action(struct effect *effect, const char *name, double time) {
    struct set in = {0}, out = {.lax = true};
    put_d(&in, kOfxPropTime, 0, time);
    put_d(&in, kOfxImageEffectPropRenderScale, 0, 1);
    put_d(&in, kOfxImageEffectPropRenderScale, 1, 1);
    OfxStatus status = effect->entry->mainEntry(name, effect, (OfxPropertySetHandle)&in, (OfxPropertySetHandle)&out);
    printf("{\"status\": %d, \"out\": ", status);
    print_set(&out);
    printf("}\n");
    set_clear(&in);
    set_clear(&out);
}

static void press(struct effect *effect, const char *name, const char *reason, const char *abort) {
    struct set in = {0};
    put_s(&in, kOfxPropType, 0, kOfxTypeParameter);
    put_s(&in, kOfxPropName, 0, name);
    put_s(&in, kOfxPropChangeReason, 0, reason);
    put_d(&in, kOfxPropTime, 0, 1);
    set_abort(abort);
    OfxStatus status = effect->entry->mainEntry(kOfxActionInstanceChanged, effect, (OfxPropertySetHandle)&in, NULL);
    set_abort("-");
    printf("{\"status\": %d}\n", status);
    set_clear(&in);
}

static void print_list(const char *name, char *list) {
    printf("\"%s\": ", name);
    print_text(list);
}

static void report(void) {
    printf("{");
    print_list("messages", messages);
    printf(", ");
    print_list("complaints", complaints);
    printf(", ");
    print_list("unknown", unknown);
    printf(", ");
    print_list("times", times);
    printf(", \"images_out\": %d, \"progress_calls\": %d, \"progress_open\": %d, \"persistent_set\": %d, \"persistent_cleared\": %d}\n",
           images_out, progress_calls, progress_open, persistent_set, persistent_cleared);
    messages[0] = times[0] = '\0';
    persistent_set = persistent_cleared = 0;
}

static void set_option(const char *name, const char *value) {
    const struct {
        const char *name;
        int *at;
    } ints[] = {{"all_connected", &options.all_connected}, {"negative_rows", &options.negative_rows}, {"padding", &options.padding},
                {"unknown_ok", &options.unknown_ok}, {"depth_none", &options.depth_none}, {"no_pages", &options.no_pages},
                {"no_progress", &options.no_progress}, {"background", &options.background}, {"temporal", &options.temporal},
                {"message", &options.message}, {"project", &options.project}, {"forget_ints", &options.forget_ints},
                {"stop_progress", &options.stop_progress}, {"no_param", &options.no_param}, {"no_image", &options.no_image},
                {"zero_rows", &options.zero_rows}, {"empty_bounds", &options.empty_bounds}, {"width", &options.width},
                {"height", &options.height}};
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++)
        if (strcmp(ints[i].name, name) == 0)
            *ints[i].at = atoi(value);
    if (strcmp(name, "locale") == 0 && !setlocale(LC_ALL, value))
        complain("there is no locale %s", value);
    if (strcmp(name, "colour") == 0)
        snprintf(options.colour, sizeof options.colour, "%s", value);
    if (strcmp(name, "name") == 0)
        snprintf(options.name, sizeof options.name, "%s", value);
    printf("{}\n");
}

/* clipset CLIP PROPERTY KIND VALUE…: a property of a clip. */
static void clip_property(struct effect *effect, char **word, int count) {
    struct set *set = &clip_named(effect, word[0])->set;
    int lax = options.unknown_ok;
    options.unknown_ok = 1;
    for (int i = 3; i < count; i++)
        if (word[2][0] == 's')
            put_s(set, word[1], i - 3, word[i]);
        else
            put_i(set, word[1], i - 3, atoi(word[i]));
    options.unknown_ok = lax;
    printf("{}\n");
}

static void unload(void) {
    for (int i = 0; i < effect_count; i++) {
        if (effects[i].entry)
            effects[i].entry->mainEntry(kOfxActionDestroyInstance, &effects[i], NULL, NULL);
        effect_clear(&effects[i]);
    }
    OfxStatus status = kOfxStatOK;
    for (int i = 0; i < plugin_count; i++) {
        OfxStatus one = plugins[i]->mainEntry(kOfxActionUnload, NULL, NULL, NULL);
        status = one == kOfxStatOK ? status : one;
        effect_clear(&descriptors[i]);
    }
    set_clear(&host_set);
    effect_count = plugin_count = 0;
    printf("{\"status\": %d}\n", status);
}

static void command(char **word, int count) {
    struct effect *effect = count > 1 ? &effects[atoi(word[1])] : NULL;
    if (strcmp(word[0], "option") == 0)
        set_option(word[1], count > 2 ? word[2] : "");
    else if (strcmp(word[0], "load") == 0)
        load(word[1]);
    else if (strcmp(word[0], "describe") == 0) {
        struct effect described = {0};
        printf("{\"status\": %d", describe(plugin_named(word[1]), word[2], &described));
        print_effect(&described);
        printf("}\n");
        effect_clear(&described);
    } else if (strcmp(word[0], "create") == 0)
        create(word[1], word[2]);
    else if (strcmp(word[0], "clip") == 0)
        connect_clip(effect, word + 2);
    else if (strcmp(word[0], "clipset") == 0)
        clip_property(effect, word + 2, count - 2);
    else if (strcmp(word[0], "param") == 0)
        set_param(effect, word[2], count > 3 ? word[3] : "-");
    else if (strcmp(word[0], "render") == 0)
        render_command(effect, word + 2);
    else if (strcmp(word[0], "action") == 0)
        action(effect, word[2], atof(word[3]));
    else if (strcmp(word[0], "press") == 0)
        press(effect, word[2], word[3], word[4]);
    else if (strcmp(word[0], "report") == 0)
        report();
    else if (strcmp(word[0], "unload") == 0)
        unload();
    else
        printf("{\"error\": \"no such command\"}\n");
}

int main(void) {
    static char line[8192];
    while (fgets(line, sizeof line, stdin)) {
        char *word[64];
        int count = 0;
        for (char *at = strtok(line, "\t\n"); at && count < 64; at = strtok(NULL, "\t\n"))
            word[count++] = at;
        if (count)
            command(word, count);
        fflush(stdout);
    }
    return 0;
}
