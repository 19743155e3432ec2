#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(struct text *text, size_t more) {
    if (text->failed)
        return false;
    if (text->length + more + 1 <= text->room)
        return true;
    size_t room = text->room ? text->room : 256;
    while (room < text->length + more + 1)
        room *= 2;
    char *grown = realloc(text->at, room);
    if (!grown) {
        text->failed = true;
        return false;
    }
    text->at = grown;
    text->room = room;
    return true;
}

static void add_bytes(struct text *text, const char *bytes, size_t count) {
    if (!make_room(text, count))
        return;
    memcpy(text->at + text->length, bytes, count);
    text->length += count;
    text->at[text->length] = '\0';
}

void text_add(struct text *text, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        text->failed = true;
    else if (make_room(text, (size_t)length)) {
        vsnprintf(text->at + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

/* Bytes of the UTF-8 character that begins here (RFC 3629), 0 where there is none. */
static size_t character(const unsigned char *s) {
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool outside = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f);
    return overlong || outside ? 0 : length;
}

void text_add_json(struct text *text, const char *string) {
    add_bytes(text, "\"", 1);
    for (const unsigned char *s = (const unsigned char *)string; *s;) {
        size_t length = character(s);
        if (length == 0) {
            text_add(text, "\\ufffd");
            length = 1;
        } else if (*s == '"' || *s == '\\') {
            char escaped[2] = {'\\', (char)*s};
            add_bytes(text, escaped, 2);
        } else if (*s < 0x20)
            text_add(text, "\\u%04x", *s);
        else
            add_bytes(text, (const char *)s, length);
        s += length;
    }
    add_bytes(text, "\"", 1);
}

void text_add_number(struct text *text, double value) {
    if (!isfinite(value)) {
        text->failed = true;
        return;
    }
    char digits[40];
    int length = snprintf(digits, sizeof digits, "%.17g", value);
    /* Hosts set locales whose decimal sign is not a point. */
    for (int i = 0; i < length; i++)
        if (!strchr("+-0123456789e", digits[i]))
            digits[i] = '.';
    add_bytes(text, digits, (size_t)length);
}

void text_free(struct text *text) {
    free(text->at);
    *text = (struct text){0};
}
