/* The host's suites and what it can do. Everything here is set when the plug-ins are loaded and only read later. */
#ifndef DOUBLURE_HOST_H
#define DOUBLURE_HOST_H

#include <stdbool.h>

#include "abi.h"

struct host {
    const OfxPropertySuiteV1 *property;
    const OfxImageEffectSuiteV1 *effect;
    const OfxParameterSuiteV1 *param;
    const OfxMessageSuiteV2 *message;     /* NULL, or only its first member where not persistent. */
    const OfxProgressSuiteV1 *progress;   /* NULL where the host has none. */
    const OfxTimeLineSuiteV1 *timeline;   /* NULL where the host has none. */
    bool persistent;                      /* Version 2 of the message suite is there and its pointers point at code. */
    bool colour;                          /* OpenFX 1.5 colour management of any style. */
    bool background;                      /* Nobody sits before it. */
    bool temporal;                        /* Gives pictures of other times. */
    bool pages;
    bool bool_keys, choice_keys;          /* Such params may have keyframes. */
    bool all_connected;                   /* Says of every clip that it is connected. */
    char name[160];                       /* With its version, for people. */
};

extern struct host host;

void host_set(OfxHost *given);

/* Fetches the suites. kOfxStatOK, or kOfxStatErrMissingHostFeature without the three that every host must have. */
OfxStatus host_load(void);

/* Readers leave `value` alone and answer false where the host does not give the property. */
bool get_int(OfxPropertySetHandle set, const char *name, int index, int *value);
bool get_double(OfxPropertySetHandle set, const char *name, int index, double *value);
bool get_pointer(OfxPropertySetHandle set, const char *name, void **value);
const char *get_string(OfxPropertySetHandle set, const char *name); /* NULL where there is none. */
bool get_rect_i(OfxPropertySetHandle set, const char *name, OfxRectI *value);
bool get_rect_d(OfxPropertySetHandle set, const char *name, OfxRectD *value);
bool is_text(const char *value, const char *expected); /* `value` may be NULL. */

/* Writers answer whether the host took the value. */
bool set_int(OfxPropertySetHandle set, const char *name, int index, int value);
bool set_double(OfxPropertySetHandle set, const char *name, int index, double value);
bool set_string(OfxPropertySetHandle set, const char *name, int index, const char *value);
bool set_rect_d(OfxPropertySetHandle set, const char *name, OfxRectD value);

#endif
