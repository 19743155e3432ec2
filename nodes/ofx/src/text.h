/* A text that grows, with what is needed to write JSON. */
#ifndef DOUBLURE_TEXT_H
#define DOUBLURE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *at; /* Ends with a null character once something was added. */
    size_t length, room;
    bool failed; /* Memory ran out, or a number was not finite; what was added since is lost. */
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string with its quotes. What is not UTF-8 becomes U+FFFD. */
void text_add_json(struct text *text, const char *string);

/* A JSON number that reads back as the same double, whatever locale the host has set. */
void text_add_number(struct text *text, double value);

void text_free(struct text *text);

#endif
