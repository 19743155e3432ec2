#include "define.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "names.h"

/* The page to list params on, NULL where the host has none, and how many are on it. */
struct page {
    OfxPropertySetHandle set;
    int count;
};

static OfxPropertySetHandle define(OfxParamSetHandle params, struct page *page, const char *type, const char *name,
                                   const char *label, const char *help) {
    OfxPropertySetHandle set = NULL;
    if (host.param->paramDefine(params, type, name, &set) != kOfxStatOK || !set)
        return NULL;
    set_string(set, kOfxPropLabel, 0, label);
    set_string(set, kOfxParamPropScriptName, 0, name);
    if (help && help[0])
        set_string(set, kOfxParamPropHint, 0, help);
    if (page && page->set && set_string(page->set, kOfxParamPropPageChild, page->count, name))
        page->count++;
    return set;
}

static const char *type_of(const char *kind) {
    static const char *const types[][2] = {
        {"float", kOfxParamTypeDouble},   {"int", kOfxParamTypeInteger},  {"bool", kOfxParamTypeBoolean},
        {"choice", kOfxParamTypeChoice},  {"string", kOfxParamTypeString}, {"file", kOfxParamTypeString},
        {"colour", kOfxParamTypeRGB},     {"point", kOfxParamTypeDouble2D},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(kind, types[i][0]) == 0)
            return types[i][1];
    return NULL;
}

/* Some hosts refuse a number param without all four limits. */
static void set_limits(OfxPropertySetHandle set, const struct json *param, int dimensions, bool whole) {
    static const char *const names[][2] = {{kOfxParamPropMin, "minimum"},
                                           {kOfxParamPropMax, "maximum"},
                                           {kOfxParamPropDisplayMin, "display_minimum"},
                                           {kOfxParamPropDisplayMax, "display_maximum"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int d = 0; d < dimensions; d++) {
            double limit = json_number(param, names[i][1], i % 2 ? 1e6 : -1e6);
            if (whole)
                set_int(set, names[i][0], d, limit >= INT_MAX ? INT_MAX : limit <= INT_MIN ? INT_MIN : (int)limit);
            else
                set_double(set, names[i][0], d, limit);
        }
}

static int index_of(const struct json *choices, const char *label) {
    int index = 0;
    for (const struct json *choice = choices ? choices->first : NULL; choice; choice = choice->next, index++)
        if (is_text(choice->string, label))
            return index;
    return 0;
}

static bool set_default(OfxPropertySetHandle set, const struct json *param, const char *kind) {
    const struct json *value = json_get(param, "default");
    if (!value)
        return false;
    if (strcmp(kind, "float") == 0)
        return set_double(set, kOfxParamPropDefault, 0, value->number);
    if (strcmp(kind, "int") == 0)
        return set_int(set, kOfxParamPropDefault, 0, (int)value->number);
    if (strcmp(kind, "bool") == 0)
        return set_int(set, kOfxParamPropDefault, 0, value->truth);
    if (strcmp(kind, "choice") == 0)
        return set_int(set, kOfxParamPropDefault, 0, index_of(json_get(param, "choices"), value->string));
    if (value->kind == JSON_STRING)
        return set_string(set, kOfxParamPropDefault, 0, value->string);
    int d = 0;
    bool good = true;
    for (const struct json *number = value->first; number; number = number->next)
        good &= set_double(set, kOfxParamPropDefault, d++, number->number);
    return good;
}

static bool define_param(OfxParamSetHandle params, struct page *page, const struct json *param) {
    const char *kind = json_string(param, "kind", ""), *type = type_of(kind), *parent = json_string(param, "parent", "");
    OfxPropertySetHandle set = type ? define(params, page, type, json_string(param, "name", ""), json_string(param, "label", ""),
                                             json_string(param, "help", ""))
                                    : NULL;
    if (!set)
        return false;
    bool is_bool = strcmp(kind, "bool") == 0, is_choice = strcmp(kind, "choice") == 0;
    bool keys = json_bool(param, "animatable", false) && (!is_bool || host.bool_keys) && (!is_choice || host.choice_keys);
    set_int(set, kOfxParamPropAnimates, 0, keys);
    if (parent[0])
        set_string(set, kOfxParamPropParent, 0, parent);
    if (strcmp(kind, "float") == 0 || strcmp(kind, "point") == 0) {
        set_string(set, kOfxParamPropDoubleType, 0, kOfxParamDoubleTypePlain);
        set_limits(set, param, strcmp(kind, "point") == 0 ? 2 : 1, false);
    } else if (strcmp(kind, "int") == 0)
        set_limits(set, param, 1, true);
    else if (strcmp(kind, "string") == 0)
        set_string(set, kOfxParamPropStringMode, 0, kOfxParamStringIsSingleLine);
    else if (strcmp(kind, "file") == 0) {
        set_string(set, kOfxParamPropStringMode, 0, kOfxParamStringIsFilePath);
        set_int(set, kOfxParamPropStringFilePathExists, 0, json_bool(param, "exists", true));
    }
    const struct json *choices = is_choice ? json_get(param, "choices") : NULL;
    int option = 0;
    for (const struct json *choice = choices ? choices->first : NULL; choice; choice = choice->next)
        if (!set_string(set, kOfxParamPropChoiceOption, option++, choice->string))
            return false;
    return set_default(set, param, kind);
}

static bool define_groups(const struct node *node, OfxParamSetHandle params) {
    for (const struct json *group = node->groups->first; group; group = group->next) {
        OfxPropertySetHandle set = define(params, NULL, kOfxParamTypeGroup, json_string(group, "name", ""),
                                          json_string(group, "label", ""), NULL);
        if (!set)
            return false;
        set_int(set, kOfxParamPropGroupOpen, 0, 1);
    }
    return true;
}

static bool define_switches(const struct node *node, OfxParamSetHandle params, struct page *page) {
    for (const struct json *input = node->inputs->first; input; input = input->next) {
        char name[80], label[80];
        if (!has_switch(input))
            continue;
        snprintf(name, sizeof name, SWITCH_NAME, json_string(input, "name", ""));
        snprintf(label, sizeof label, "Use %.60s", json_string(input, "name", ""));
        OfxPropertySetHandle set = define(params, page, kOfxParamTypeBoolean, name, label,
                                          "Off: the node renders as if nothing was connected there.");
        if (!set || !set_int(set, kOfxParamPropDefault, 0, !host.all_connected))
            return false;
        set_int(set, kOfxParamPropAnimates, 0, 0);
    }
    return true;
}

static bool define_space(const struct node *node, OfxParamSetHandle params, struct page *page, bool colour) {
    OfxPropertySetHandle set = define(params, page, kOfxParamTypeChoice, SPACE_NAME, "Input space",
                                      "Colour space of the pictures that come in; the result is in the same.");
    int count = 0;
    bool good = set != NULL;
    for (const struct json *space = node->spaces->first; good && space; space = space->next)
        good = set_string(set, kOfxParamPropChoiceOption, count++, space->string);
    if (good && colour)
        good = set_string(set, kOfxParamPropChoiceOption, count, HOST_SPACE);
    if (!good || !set_int(set, kOfxParamPropDefault, 0, colour ? count : 0))
        return false;
    set_int(set, kOfxParamPropAnimates, 0, 0);
    return true;
}

static void hide(OfxPropertySetHandle set) {
    set_int(set, kOfxParamPropSecret, 0, 1);
    set_int(set, kOfxParamPropEnabled, 0, 0);
    set_int(set, kOfxParamPropAnimates, 0, 0);
}

/* The version is kept in the host's script. The revision changes with every analysis, so that hosts render again. */
static void define_hidden(const struct node *node, OfxParamSetHandle params) {
    OfxPropertySetHandle set = define(params, NULL, kOfxParamTypeString, VERSION_NAME, "Version", NULL);
    if (set) {
        set_string(set, kOfxParamPropDefault, 0, catalogue.version);
        set_int(set, kOfxParamPropEvaluateOnChange, 0, 0);
        hide(set);
    }
    set = node->analyses ? define(params, NULL, kOfxParamTypeInteger, REVISION_NAME, "Revision", NULL) : NULL;
    if (set) {
        set_int(set, kOfxParamPropDefault, 0, 0);
        set_int(set, kOfxParamPropMin, 0, 0);
        set_int(set, kOfxParamPropMax, 0, INT_MAX);
        set_int(set, kOfxParamPropDisplayMin, 0, 0);
        set_int(set, kOfxParamPropDisplayMax, 0, 1000);
        hide(set);
    }
}

bool define_params(const struct node *node, OfxParamSetHandle params, bool colour) {
    struct page page = {0};
    if (host.pages && host.param->paramDefine(params, kOfxParamTypePage, PAGE_NAME, &page.set) == kOfxStatOK && page.set)
        set_string(page.set, kOfxPropLabel, 0, "Controls");
    if (!define_groups(node, params))
        return false;
    for (const struct json *param = node->params->first; param; param = param->next)
        if (!define_param(params, &page, param))
            return false;
    if (node->analyses && !define(params, &page, kOfxParamTypePushButton, ANALYSE_NAME, "Track",
                                  "Goes over every frame of Source and writes the sidecar."))
        return false;
    if (node->alpha && !define_param(params, &page, node->alpha))
        return false;
    if (!define_switches(node, params, &page) || !define_space(node, params, &page, colour))
        return false;
    define_hidden(node, params);
    return true;
}
