#include "host.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options options = {.message = 2, .project = 1, .width = 64, .height = 48, .temporal = 1};

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

static void connect_clip(struct effect *effect, char **word) {
    struct clip *clip = clip_named(effect, word[0]);
    clip->components = atoi(word[1]);
    clip->bounds = (OfxRectI){atoi(word[2]), atoi(word[3]), atoi(word[4]), atoi(word[5])};
    double scale = options.pixel_regions ? 1 : atof(word[6]);
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
                {"height", &options.height}, {"direct", &options.direct}, {"no_picture_region", &options.no_picture_region},
                {"pixel_regions", &options.pixel_regions}};
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
