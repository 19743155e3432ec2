#define _GNU_SOURCE
#include "json.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 32 };

/* Nodes grow from the front of the block, the texts of strings from behind them. */
struct reader {
    const char *at, *end;
    struct json *nodes;
    size_t used;
    char *texts;
    locale_t locale;
};

static void skip_space(struct reader *r) {
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at)
        r->at++;
}

static bool take(struct reader *r, const char *word) {
    size_t length = strlen(word);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
        return false;
    r->at += length;
    return true;
}

static int hex4(struct reader *r) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
        if (r->at >= r->end)
            return -1;
        char c = *r->at++;
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void put_code(struct reader *r, uint32_t code) {
    char *t = r->texts;
    if (code < 0x80)
        *t++ = (char)code;
    else if (code < 0x800) {
        *t++ = (char)(0xc0 | code >> 6);
        *t++ = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        *t++ = (char)(0xe0 | code >> 12);
        *t++ = (char)(0x80 | (code >> 6 & 63));
        *t++ = (char)(0x80 | (code & 63));
    } else {
        *t++ = (char)(0xf0 | code >> 18);
        *t++ = (char)(0x80 | (code >> 12 & 63));
        *t++ = (char)(0x80 | (code >> 6 & 63));
        *t++ = (char)(0x80 | (code & 63));
    }
    r->texts = t;
}

static bool escape(struct reader *r) {
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (r->at >= r->end)
        return false;
    char c = *r->at++;
    const char *found = c ? strchr(letters, c) : NULL;
    if (found) {
        *r->texts++ = meant[found - letters];
        return true;
    }
    int code = c == 'u' ? hex4(r) : -1;
    if (code < 0)
        return false;
    if (code >= 0xd800 && code < 0xdc00) {
        int low = take(r, "\\u") ? hex4(r) : -1;
        if (low < 0xdc00 || low > 0xdfff)
            return false;
        put_code(r, 0x10000u + ((uint32_t)(code - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
        return true;
    }
    if (code >= 0xdc00 && code < 0xe000)
        return false;
    put_code(r, (uint32_t)code);
    return true;
}

/* A decoded string is never longer than its source with quotes. */
static const char *string(struct reader *r) {
    if (!take(r, "\""))
        return NULL;
    const char *start = r->texts;
    while (r->at < r->end) {
        char c = *r->at++;
        if (c == '"') {
            *r->texts++ = '\0';
            return start;
        }
        if ((unsigned char)c < 0x20 || (c == '\\' && !escape(r)))
            return NULL;
        if (c != '\\')
            *r->texts++ = c;
    }
    return NULL;
}

static bool number(struct reader *r, double *value) {
    char digits[64];
    size_t length = 0;
    while (r->at + length < r->end && length < sizeof digits - 1 && r->at[length] && strchr("+-.0123456789eE", r->at[length])) {
        digits[length] = r->at[length];
        length++;
    }
    digits[length] = '\0';
    const char *first = digits + (digits[0] == '-');
    if (*first < '0' || *first > '9' || (first[0] == '0' && first[1] >= '0' && first[1] <= '9'))
        return false;
    char *end;
    *value = strtod_l(digits, &end, r->locale);
    if (*end || end[-1] == '.' || !isfinite(*value))
        return false;
    r->at += length;
    return true;
}

static struct json *value(struct reader *r, int depth);

static bool children(struct reader *r, struct json *parent, char close, int depth) {
    struct json **link = &parent->first;
    r->at++;
    skip_space(r);
    if (r->at < r->end && *r->at == close) {
        r->at++;
        return true;
    }
    for (;;) {
        const char *key = NULL;
        skip_space(r);
        if (parent->kind == JSON_OBJECT) {
            key = string(r);
            skip_space(r);
            if (!key || !take(r, ":"))
                return false;
        }
        struct json *child = value(r, depth + 1);
        if (!child)
            return false;
        child->key = key;
        *link = child;
        link = &child->next;
        parent->count++;
        skip_space(r);
        if (r->at >= r->end)
            return false;
        char c = *r->at++;
        if (c == close)
            return true;
        if (c != ',')
            return false;
    }
}

static struct json *value(struct reader *r, int depth) {
    skip_space(r);
    if (r->at >= r->end || depth > DEEPEST)
        return NULL;
    struct json *node = &r->nodes[r->used++];
    *node = (struct json){0};
    bool good = true;
    switch (*r->at) {
    case '{':
        node->kind = JSON_OBJECT;
        good = children(r, node, '}', depth);
        break;
    case '[':
        node->kind = JSON_ARRAY;
        good = children(r, node, ']', depth);
        break;
    case '"':
        node->kind = JSON_STRING;
        node->string = string(r);
        good = node->string != NULL;
        break;
    case 't':
    case 'f':
        node->kind = JSON_BOOL;
        node->truth = *r->at == 't';
        good = take(r, node->truth ? "true" : "false");
        break;
    case 'n':
        good = take(r, "null");
        break;
    default:
        node->kind = JSON_NUMBER;
        good = number(r, &node->number);
    }
    return good ? node : NULL;
}

struct json *json_parse(const char *text, size_t length) {
    /* Every value begins with a character that no other value has as its first: one more than these are enough. */
    size_t most = 1;
    for (size_t i = 0; i < length; i++)
        most += text[i] == ',' || text[i] == '[' || text[i] == '{';
    struct json *nodes = malloc(most * sizeof *nodes + length + 1);
    if (!nodes)
        return NULL;
    struct reader r = {text, text + length, nodes, 0, (char *)(nodes + most), newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    struct json *root = r.locale ? value(&r, 0) : NULL;
    skip_space(&r);
    if (r.locale)
        freelocale(r.locale);
    if (root && r.at == r.end)
        return root;
    free(nodes);
    return NULL;
}

const struct json *json_get(const struct json *object, const char *key) {
    if (!object || object->kind != JSON_OBJECT)
        return NULL;
    for (const struct json *child = object->first; child; child = child->next)
        if (strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

const char *json_string(const struct json *object, const char *key, const char *otherwise) {
    const struct json *found = json_get(object, key);
    return found && found->kind == JSON_STRING ? found->string : otherwise;
}

double json_number(const struct json *object, const char *key, double otherwise) {
    const struct json *found = json_get(object, key);
    return found && found->kind == JSON_NUMBER ? found->number : otherwise;
}

bool json_bool(const struct json *object, const char *key, bool otherwise) {
    const struct json *found = json_get(object, key);
    return found && found->kind == JSON_BOOL ? found->truth : otherwise;
}
