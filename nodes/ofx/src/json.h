/* Reads JSON (RFC 8259). One allocation holds the whole tree. */
#ifndef DOUBLURE_JSON_H
#define DOUBLURE_JSON_H

#include <stdbool.h>
#include <stddef.h>

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_kind kind;
    bool truth;
    double number;
    const char *string; /* UTF-8. A null character in it ends it: none of our texts has one. */
    const char *key;    /* Where the parent is an object. */
    struct json *first, *next;
    size_t count; /* Of children. */
};

/* The tree, or NULL where the text is not one JSON value or memory ran out. Free the result with free(). */
struct json *json_parse(const char *text, size_t length);

/* All of these take NULL and wrong kinds, and then answer NULL, or the given default. */
const struct json *json_get(const struct json *object, const char *key);
const char *json_string(const struct json *object, const char *key, const char *otherwise);
double json_number(const struct json *object, const char *key, double otherwise);
bool json_bool(const struct json *object, const char *key, bool otherwise);

#endif
