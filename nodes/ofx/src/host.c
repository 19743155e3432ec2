#define _GNU_SOURCE
#include "host.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct host host;

static OfxHost *given_host;

void host_set(OfxHost *given) { given_host = given; }

/* Some hosts hand out a suite whose later members are not functions: a call would crash. */
static bool is_code(OfxStatus (*function)(void *)) {
    void *address = NULL;
    Dl_info info;
    memcpy(&address, &function, sizeof address);
    return address && dladdr(address, &info) != 0;
}

static void find_message_suite(void) {
    const OfxMessageSuiteV2 *two = given_host->fetchSuite(given_host->host, kOfxMessageSuite, 2);
    if (two) {
        OfxStatus (*set)(void *) = NULL;
        memcpy(&set, &two->setPersistentMessage, sizeof set);
        host.persistent = is_code(set) && is_code(two->clearPersistentMessage);
    }
    host.message = host.persistent ? two : given_host->fetchSuite(given_host->host, kOfxMessageSuite, 1);
    if (host.message) {
        OfxStatus (*message)(void *) = NULL;
        memcpy(&message, &host.message->message, sizeof message);
        if (!is_code(message)) {
            host.message = NULL;
            host.persistent = false;
        }
    }
}

static bool is_on(const char *name) {
    int value = 0;
    return get_int(given_host->host, name, 0, &value) && value == 1;
}

static void find_name(void) {
    const char *name = get_string(given_host->host, kOfxPropLabel);
    if (!name || !*name)
        name = get_string(given_host->host, kOfxPropName);
    int version[2] = {0, 0};
    bool versioned = get_int(given_host->host, kOfxPropVersion, 0, &version[0]);
    get_int(given_host->host, kOfxPropVersion, 1, &version[1]);
    if (versioned)
        snprintf(host.name, sizeof host.name, "%.120s %d.%d", name ? name : "OpenFX host", version[0], version[1]);
    else
        snprintf(host.name, sizeof host.name, "%.120s", name ? name : "OpenFX host");
    host.all_connected = name && (strstr(name, "Resolve") || strstr(name, "resolve"));
}

/* A host that answers every property must not be believed: the style has to be one of the standard's. */
static bool has_colour(void) {
    const char *style = get_string(given_host->host, kOfxImageEffectPropColourManagementStyle);
    return is_text(style, kOfxImageEffectColourManagementBasic) || is_text(style, kOfxImageEffectColourManagementCore) ||
           is_text(style, kOfxImageEffectColourManagementFull) || is_text(style, kOfxImageEffectColourManagementOCIO);
}

OfxStatus host_load(void) {
    if (!given_host || !given_host->fetchSuite)
        return kOfxStatErrMissingHostFeature;
    host = (struct host){0};
    host.property = given_host->fetchSuite(given_host->host, kOfxPropertySuite, 1);
    host.effect = given_host->fetchSuite(given_host->host, kOfxImageEffectSuite, 1);
    host.param = given_host->fetchSuite(given_host->host, kOfxParameterSuite, 1);
    if (!host.property || !host.effect || !host.param)
        return kOfxStatErrMissingHostFeature;
    host.progress = given_host->fetchSuite(given_host->host, kOfxProgressSuite, 1);
    host.timeline = given_host->fetchSuite(given_host->host, kOfxTimeLineSuite, 1);
    find_message_suite();
    find_name();
    host.colour = has_colour();
    host.background = is_on(kOfxImageEffectHostPropIsBackground);
    host.temporal = is_on(kOfxImageEffectPropTemporalClipAccess);
    host.bool_keys = is_on(kOfxParamHostPropSupportsBooleanAnimation);
    host.choice_keys = is_on(kOfxParamHostPropSupportsChoiceAnimation);
    int pages = 1;
    get_int(given_host->host, kOfxParamHostPropMaxPages, 0, &pages);
    host.pages = pages != 0;
    return kOfxStatOK;
}

bool get_int(OfxPropertySetHandle set, const char *name, int index, int *value) {
    int found = *value;
    if (!set || host.property->propGetInt(set, name, index, &found) != kOfxStatOK)
        return false;
    *value = found;
    return true;
}

bool get_double(OfxPropertySetHandle set, const char *name, int index, double *value) {
    double found = *value;
    if (!set || host.property->propGetDouble(set, name, index, &found) != kOfxStatOK || !isfinite(found))
        return false;
    *value = found;
    return true;
}

bool get_pointer(OfxPropertySetHandle set, const char *name, void **value) {
    void *found = NULL;
    if (!set || host.property->propGetPointer(set, name, 0, &found) != kOfxStatOK)
        return false;
    *value = found;
    return true;
}

const char *get_string(OfxPropertySetHandle set, const char *name) {
    char *found = NULL;
    return set && host.property->propGetString(set, name, 0, &found) == kOfxStatOK ? found : NULL;
}

bool get_rect_i(OfxPropertySetHandle set, const char *name, OfxRectI *value) {
    OfxRectI found = {0, 0, 0, 0};
    if (!get_int(set, name, 0, &found.x1) || !get_int(set, name, 1, &found.y1) || !get_int(set, name, 2, &found.x2) ||
        !get_int(set, name, 3, &found.y2))
        return false;
    *value = found;
    return true;
}

bool get_rect_d(OfxPropertySetHandle set, const char *name, OfxRectD *value) {
    OfxRectD found = {0, 0, 0, 0};
    if (!get_double(set, name, 0, &found.x1) || !get_double(set, name, 1, &found.y1) ||
        !get_double(set, name, 2, &found.x2) || !get_double(set, name, 3, &found.y2))
        return false;
    *value = found;
    return true;
}

bool is_text(const char *value, const char *expected) { return value && strcmp(value, expected) == 0; }

bool set_int(OfxPropertySetHandle set, const char *name, int index, int value) {
    return host.property->propSetInt(set, name, index, value) == kOfxStatOK;
}

bool set_double(OfxPropertySetHandle set, const char *name, int index, double value) {
    return host.property->propSetDouble(set, name, index, value) == kOfxStatOK;
}

bool set_string(OfxPropertySetHandle set, const char *name, int index, const char *value) {
    return host.property->propSetString(set, name, index, value) == kOfxStatOK;
}

bool set_rect_d(OfxPropertySetHandle set, const char *name, OfxRectD value) {
    return set_double(set, name, 0, value.x1) && set_double(set, name, 1, value.y1) && set_double(set, name, 2, value.x2) &&
           set_double(set, name, 3, value.y2);
}
