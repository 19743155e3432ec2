#include "host.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int progress_calls, progress_open, persistent_set, persistent_cleared;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static OfxStatus say(void *handle, const char *type, const char *id, const char *format, va_list list, const char *how) {
    char text[2000], line[2200];
    (void)handle;
    (void)id;
    vsnprintf(text, sizeof text, format, list);
    snprintf(line, sizeof line, "%s %s: %s", how, type, text);
    pthread_mutex_lock(&lock);
    note(messages, line);
    pthread_mutex_unlock(&lock);
    return kOfxStatOK;
}

static OfxStatus message(void *handle, const char *type, const char *id, const char *format, ...) {
    va_list list;
    va_start(list, format);
    OfxStatus status = say(handle, type, id, format, list, "passing");
    va_end(list);
    return status;
}

static OfxStatus persistent(void *handle, const char *type, const char *id, const char *format, ...) {
    va_list list;
    va_start(list, format);
    OfxStatus status = say(handle, type, id, format, list, "lasting");
    va_end(list);
    pthread_mutex_lock(&lock);
    persistent_set++;
    pthread_mutex_unlock(&lock);
    return status;
}

static OfxStatus clear(void *handle) {
    (void)handle;
    pthread_mutex_lock(&lock);
    persistent_cleared++;
    pthread_mutex_unlock(&lock);
    return kOfxStatOK;
}

static OfxStatus progress_start(void *handle, const char *label) {
    (void)handle;
    (void)label;
    progress_open++;
    return kOfxStatOK;
}

static OfxStatus progress_update(void *handle, double share) {
    (void)handle;
    if (share < 0 || share > 1)
        complain("progress of %g", share);
    return ++progress_calls == options.stop_progress ? kOfxStatReplyNo : kOfxStatReplyYes;
}

static OfxStatus progress_end(void *handle) {
    (void)handle;
    progress_open--;
    return kOfxStatOK;
}

static const OfxMessageSuiteV2 good = {message, persistent, clear};
static OfxMessageSuiteV2 bad = {message, NULL, NULL};
static const OfxProgressSuiteV1 progress = {progress_start, progress_update, progress_end};

const void *fetch_suite(OfxPropertySetHandle handle, const char *name, int version) {
    (void)handle;
    if (strcmp(name, kOfxPropertySuite) == 0 && version == 1)
        return &property_suite;
    if (strcmp(name, kOfxParameterSuite) == 0 && version == 1)
        return &param_suite;
    if (strcmp(name, kOfxImageEffectSuite) == 0 && version == 1)
        return &effect_suite;
    if (strcmp(name, kOfxProgressSuite) == 0 && version == 1 && !options.no_progress)
        return &progress;
    if (strcmp(name, kOfxMessageSuite) == 0 && version == 2 && options.message == 3) {
        uintptr_t nowhere = 0x10;
        memcpy(&bad.setPersistentMessage, &nowhere, sizeof nowhere);
        memcpy(&bad.clearPersistentMessage, &nowhere, sizeof nowhere);
        return &bad;
    }
    if (strcmp(name, kOfxMessageSuite) == 0 && version <= options.message)
        return &good;
    return NULL;
}
