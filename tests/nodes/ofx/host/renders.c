#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t floats_in(OfxRectI r, int components) {
    return (size_t)(r.x2 - r.x1) * (size_t)(r.y2 - r.y1) * (size_t)components;
}

void set_abort(const char *file) { snprintf(abort_when, sizeof abort_when, "%s", strcmp(file, "-") == 0 ? "" : file); }

struct render {
    struct effect *effect;
    double time, scale;
    OfxRectI window, bounds;
    int components, interactive;
    char path[1024];
    OfxStatus status;
    double seconds;
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
    double begun = now();
    r->status = r->effect->entry->mainEntry(kOfxImageEffectActionRender, r->effect, (OfxPropertySetHandle)&in, NULL);
    r->seconds = now() - begun;
    FILE *file = r->path[0] ? fopen(r->path, "wb") : NULL;
    if (file) {
        fwrite(job.output, sizeof(float), count, file);
        fclose(file);
    }
    free(job.output);
    job.output = NULL;
    set_clear(&in);
    return NULL;
}

/* The output goes to PATH.0 and so on, nowhere where PATH is "-".
   render PATH TIME SCALE COMPONENTS wx1 wy1 wx2 wy2 bx1 by1 bx2 by2 THREADS ABORT INTERACTIVE */
void render_command(struct effect *effect, char **word) {
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
        if (strcmp(word[0], "-") != 0)
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
    printf("], \"seconds\": [");
    for (int i = 0; i < count; i++)
        printf("%s%g", i ? ", " : "", all[i].seconds);
    printf("]}\n");
}
