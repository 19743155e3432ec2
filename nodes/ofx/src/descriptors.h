/* The nodes' declarations, read from the bundle's Resources/descriptors.json. */
#ifndef DOUBLURE_DESCRIPTORS_H
#define DOUBLURE_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"

enum { MOST_NODES = 16, MOST_INPUTS = 6, MOST_PARAMS = 64 };

struct node {
    const char *id, *label, *help;
    int version;
    const struct json *inputs; /* Array; the first one is the clip Source. Each has `clip`, `help`, `optional`, `mask`. */
    const struct json *params; /* Array; see doublure.nodes.ofx.descriptors. */
    const struct json *groups; /* Array of `name` and `label`. */
    const struct json *identity;
    const struct json *alpha;  /* The choice of what A is, declared as a param; NULL where there is none. */
    const struct json *spaces; /* Array of colour space names. */
    int before, after;         /* Frames needed around the current one. */
    bool whole;                /* Needs whole inputs, whatever is asked for. */
    bool own_alpha;            /* The result has A whatever Source has. */
    bool analyses;             /* Has the button that goes over the whole clip. */
};

struct catalogue {
    struct node nodes[MOST_NODES];
    size_t count;
    const char *version; /* Doublure's. */
};

extern struct catalogue catalogue;

/* Reads them once. False where the bundle is not whole; then there are no plug-ins. */
bool catalogue_load(void);

/* A file of the bundle's Resources as text, NULL where it cannot be read; free() it. */
char *resource(const char *name, size_t *length);

#endif
