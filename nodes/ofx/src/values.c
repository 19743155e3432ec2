#include "values.h"

#include <math.h>
#include <string.h>

#include "host.h"

enum kind { NUMBER, WHOLE, SWITCH, CHOICE, TEXT };

struct value {
    enum kind kind;
    int count; /* Of numbers. */
    double numbers[3];
    int whole;
    const char *text; /* Of a text, and the label of a choice. */
};

static const char *label_of(const struct json *param, int index) {
    const struct json *choices = json_get(param, "choices");
    const struct json *choice = choices ? choices->first : NULL;
    for (int i = 0; choice && i < index; i++)
        choice = choice->next;
    return index >= 0 && choice ? choice->string : NULL;
}

static bool read_value(const struct json *param, OfxParamHandle handle, OfxTime time, struct value *value) {
    const char *kind = json_string(param, "kind", "");
    double *n = value->numbers;
    OfxStatus status = kOfxStatErrBadHandle;
    char *text = NULL;
    if (!handle)
        return false;
    *value = (struct value){.count = 1};
    if (strcmp(kind, "float") == 0)
        status = host.param->paramGetValueAtTime(handle, time, &n[0]);
    else if (strcmp(kind, "point") == 0) {
        value->count = 2;
        status = host.param->paramGetValueAtTime(handle, time, &n[0], &n[1]);
    } else if (strcmp(kind, "colour") == 0) {
        value->count = 3;
        status = host.param->paramGetValueAtTime(handle, time, &n[0], &n[1], &n[2]);
    } else if (strcmp(kind, "string") == 0 || strcmp(kind, "file") == 0) {
        value->kind = TEXT;
        status = host.param->paramGetValueAtTime(handle, time, &text);
        value->text = text ? text : "";
    } else {
        value->kind = strcmp(kind, "bool") == 0 ? SWITCH : strcmp(kind, "choice") == 0 ? CHOICE : WHOLE;
        status = host.param->paramGetValueAtTime(handle, time, &value->whole);
        if (value->kind == CHOICE)
            value->text = label_of(param, value->whole);
    }
    return status == kOfxStatOK && (value->kind != CHOICE || value->text);
}

static bool add_value(struct text *json, const struct value *value) {
    if (value->kind == TEXT || value->kind == CHOICE)
        text_add_json(json, value->text);
    else if (value->kind == SWITCH)
        text_add(json, value->whole ? "true" : "false");
    else if (value->kind == WHOLE)
        text_add(json, "%d", value->whole);
    else {
        for (int i = 0; i < value->count; i++) {
            if (!isfinite(value->numbers[i]))
                return false;
            text_add(json, "%s", i ? ", " : value->count > 1 ? "[" : "");
            text_add_number(json, value->numbers[i]);
        }
        text_add(json, "%s", value->count > 1 ? "]" : "");
    }
    return true;
}

static bool check_text(const struct instance *instance, const struct json *param, const char *text, struct fault *fault) {
    const char *label = json_string(param, "label", ""), *node = instance->node->label;
    if (json_bool(param, "required", false) && !text[0])
        return fault_set(fault, "%s of %s is empty; set it. %s", label, node, json_string(param, "help", ""));
    /* The service has a working folder of its own. */
    if (strcmp(json_string(param, "kind", ""), "file") == 0 && text[0] && text[0] != '/')
        return fault_set(fault, "%s of %s is %s, which does not begin with /; give the whole path.", label, node, text);
    return true;
}

bool values_json(struct instance *instance, OfxTime time, struct text *json, struct fault *fault) {
    size_t i = 0;
    for (const struct json *param = instance->node->params->first; param; param = param->next, i++) {
        const char *name = json_string(param, "name", "");
        struct value value;
        if (!read_value(param, instance->params[i], time, &value))
            return fault_set(fault, "the host does not give %s of %s a value; load the node again.",
                             json_string(param, "label", name), instance->node->label);
        if (value.kind == TEXT && !check_text(instance, param, value.text, fault))
            return false;
        text_add(json, i ? ", \"%s\": " : "{\"%s\": ", name);
        if (!add_value(json, &value))
            return fault_set(fault, "%s of %s is not a finite number; correct its expression.",
                             json_string(param, "label", name), instance->node->label);
    }
    text_add(json, i ? "}" : "{}");
    return true;
}

static bool equals(const struct value *value, const struct json *wanted) {
    switch (value->kind) {
    case NUMBER:
        return value->count == 1 && wanted->kind == JSON_NUMBER && value->numbers[0] == wanted->number;
    case WHOLE:
        return wanted->kind == JSON_NUMBER && value->whole == wanted->number;
    case SWITCH:
        return wanted->kind == JSON_BOOL && (value->whole != 0) == wanted->truth;
    default:
        return wanted->kind == JSON_STRING && strcmp(value->text, wanted->string) == 0;
    }
}

/* `wanted` is a value with the param's name as its key. */
static bool holds(struct instance *instance, const struct json *wanted, OfxTime time) {
    size_t i = 0;
    for (const struct json *param = instance->node->params->first; param; param = param->next, i++)
        if (strcmp(json_string(param, "name", ""), wanted->key) == 0) {
            struct value value;
            return read_value(param, instance->params[i], time, &value) && equals(&value, wanted);
        }
    return false;
}

const struct clip *values_identity(struct instance *instance, OfxTime time) {
    for (const struct json *identity = instance->node->identity->first; identity; identity = identity->next) {
        const struct json *when = json_get(identity, "when");
        bool all = when && when->count > 0;
        for (const struct json *wanted = when ? when->first : NULL; wanted && all; wanted = wanted->next)
            all = holds(instance, wanted, time);
        for (size_t i = 0; all && i < instance->clip_count; i++)
            if (strcmp(json_string(instance->clips[i].input, "name", ""), json_string(identity, "input", "")) == 0)
                return &instance->clips[i];
    }
    return NULL;
}
