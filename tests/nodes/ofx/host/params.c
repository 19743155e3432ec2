#include "host.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct effect *owner(OfxParamSetHandle set) { return (struct effect *)set; }

static OfxStatus define(OfxParamSetHandle handle, const char *type, const char *name, OfxPropertySetHandle *set) {
    struct effect *effect = owner(handle);
    if (strcmp(type, "OfxParamTypeStrChoice") == 0)
        complain("a StrChoice is defined though the host does not support it");
    if (effect->param_count == MOST)
        return kOfxStatErrMemory;
    struct param *param = &effect->params[effect->param_count++];
    *param = (struct param){0};
    snprintf(param->name, sizeof param->name, "%s", name);
    snprintf(param->type, sizeof param->type, "%s", type);
    for (int i = 0; i < effect->param_count - 1; i++)
        if (strcmp(effect->params[i].name, name) == 0)
            complain("the param %s is defined twice", name);
    put_s(&param->set, "type", 0, type);
    *set = (OfxPropertySetHandle)&param->set;
    return kOfxStatOK;
}

static OfxStatus get_handle(OfxParamSetHandle handle, const char *name, OfxParamHandle *param, OfxPropertySetHandle *set) {
    struct effect *effect = owner(handle);
    for (int i = 0; i < effect->param_count && !options.no_param; i++)
        if (strcmp(effect->params[i].name, name) == 0) {
            *param = (OfxParamHandle)&effect->params[i];
            if (set)
                *set = (OfxPropertySetHandle)&effect->params[i].set;
            return kOfxStatOK;
        }
    return kOfxStatErrUnknown;
}

static OfxStatus read(struct param *param, OfxTime time, va_list list) {
    if (strstr(param->type, "Double2D")) {
        *va_arg(list, double *) = param->numbers[0];
        *va_arg(list, double *) = param->numbers[1];
    } else if (strstr(param->type, "RGB")) {
        for (int i = 0; i < 3; i++)
            *va_arg(list, double *) = param->numbers[i];
    } else if (strstr(param->type, "Double"))
        *va_arg(list, double *) = param->numbers[0] + param->ramp * time;
    else if (strstr(param->type, "String"))
        *va_arg(list, char **) = param->text;
    else
        *va_arg(list, int *) = param->whole;
    return kOfxStatOK;
}

static OfxStatus value_at(OfxParamHandle handle, OfxTime time, ...) {
    va_list list;
    va_start(list, time);
    OfxStatus status = read((struct param *)handle, time, list);
    va_end(list);
    return status;
}

static OfxStatus value_now(OfxParamHandle handle, ...) {
    va_list list;
    va_start(list, handle);
    OfxStatus status = read((struct param *)handle, 0, list);
    va_end(list);
    return status;
}

static OfxStatus set_value(OfxParamHandle handle, ...) {
    struct param *param = (struct param *)handle;
    va_list list;
    va_start(list, handle);
    if (!strstr(param->type, "Integer"))
        complain("the plug-in sets %s", param->name);
    param->whole = va_arg(list, int);
    va_end(list);
    return kOfxStatOK;
}

const OfxParameterSuiteV1 param_suite = {
    .paramDefine = define,
    .paramGetHandle = get_handle,
    .paramGetValue = value_now,
    .paramGetValueAtTime = value_at,
    .paramSetValue = set_value,
};
