#define _GNU_SOURCE
#include "host.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *library;
static OfxPlugin *plugins[16];
static int plugin_count;
static struct set host_set;
static OfxHost host = {0};
static struct effect descriptors[16];
struct effect effects[16];
static int effect_count;

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

OfxPlugin *plugin_named(const char *name) {
    for (int i = 0; i < plugin_count; i++)
        if (strcmp(strrchr(plugins[i]->pluginIdentifier, '.') + 1, name) == 0)
            return plugins[i];
    complain("no plug-in %s", name);
    return plugins[0];
}

void effect_clear(struct effect *effect) {
    for (int i = 0; i < effect->clip_count; i++) {
        set_clear(&effect->clips[i].set);
        free(effect->clips[i].pixels);
    }
    for (int i = 0; i < effect->param_count; i++)
        set_clear(&effect->params[i].set);
    set_clear(&effect->set);
    *effect = (struct effect){0};
}

OfxStatus describe(OfxPlugin *plugin, const char *context, struct effect *effect) {
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
void load(const char *path) {
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

void create(const char *plugin, const char *context) {
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

void unload(void) {
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
