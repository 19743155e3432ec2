#define _GNU_SOURCE
#include "descriptors.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct catalogue catalogue;

enum { LARGEST = 4 << 20 };

/* The binary lies in Contents/<architecture>, its Resources beside that folder. */
static bool resource_path(const char *name, char *path, size_t room) {
    Dl_info info;
    if (!dladdr(&catalogue, &info) || !info.dli_fname)
        return false;
    char binary[PATH_MAX];
    if (!realpath(info.dli_fname, binary))
        return false;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(binary, '/');
        if (!slash)
            return false;
        *slash = '\0';
    }
    return snprintf(path, room, "%s/Resources/%s", binary, name) < (int)room;
}

char *resource(const char *name, size_t *length) {
    char path[PATH_MAX + 64];
    if (!resource_path(name, path, sizeof path))
        return NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat state;
    if (file < 0)
        return NULL;
    char *text = NULL;
    if (fstat(file, &state) == 0 && S_ISREG(state.st_mode) && state.st_size <= LARGEST) {
        size_t size = (size_t)state.st_size, done = 0;
        text = malloc(size + 1);
        while (text && done < size) {
            ssize_t got = read(file, text + done, size - done);
            if (got <= 0) {
                free(text);
                text = NULL;
            } else
                done += (size_t)got;
        }
        if (text) {
            text[size] = '\0';
            *length = size;
        }
    }
    close(file);
    return text;
}

static bool array(const struct json *object, const char *key, const struct json **found, size_t most) {
    *found = json_get(object, key);
    return *found && (*found)->kind == JSON_ARRAY && (*found)->count <= most;
}

static bool read_node(const struct json *json, struct node *node) {
    const struct json *frames;
    *node = (struct node){
        .id = json_string(json, "id", NULL),
        .label = json_string(json, "label", NULL),
        .help = json_string(json, "help", ""),
        .version = (int)json_number(json, "version", 0),
        .whole = strcmp(json_string(json, "region_needed", "whole"), "whole") == 0,
        .alpha = json_get(json, "alpha"),
        .own_alpha = json_bool(json, "own_alpha", false),
        .analyses = json_bool(json, "analyses", false),
    };
    if (!node->id || !node->label || node->version < 1 || !array(json, "inputs", &node->inputs, MOST_INPUTS) ||
        node->inputs->count == 0 || !array(json, "params", &node->params, MOST_PARAMS) ||
        !array(json, "groups", &node->groups, MOST_PARAMS) || !array(json, "identity", &node->identity, 64) ||
        !array(json, "spaces", &node->spaces, 64) || !array(json, "frames_needed", &frames, 2) || frames->count != 2)
        return false;
    if (node->alpha && node->alpha->kind != JSON_OBJECT)
        node->alpha = NULL;
    node->before = (int)frames->first->number;
    node->after = (int)frames->first->next->number;
    for (const struct json *input = node->inputs->first; input; input = input->next)
        if (!json_string(input, "name", NULL) || !json_string(input, "clip", NULL))
            return false;
    for (const struct json *param = node->params->first; param; param = param->next)
        if (!json_string(param, "name", NULL) || !json_string(param, "kind", NULL))
            return false;
    return true;
}

static void load(void) {
    size_t length = 0;
    char *text = resource("descriptors.json", &length);
    /* Kept until the process ends: the nodes point into it. */
    struct json *root = text ? json_parse(text, length) : NULL;
    free(text);
    const struct json *nodes = json_get(root, "nodes");
    catalogue.version = json_string(root, "version", NULL);
    if (nodes && nodes->kind == JSON_ARRAY && nodes->count <= MOST_NODES && catalogue.version) {
        for (const struct json *json = nodes->first; json; json = json->next)
            if (read_node(json, &catalogue.nodes[catalogue.count]))
                catalogue.count++;
            else {
                catalogue.count = 0;
                break;
            }
    }
    if (catalogue.count == 0)
        free(root);
}

bool catalogue_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return catalogue.count > 0;
}
