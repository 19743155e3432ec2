#include "host.h"

#include <stdio.h>

void print_text(const char *text) {
    putchar('"');
    for (; text && *text; text++)
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            printf("\\u%04x", (unsigned)*text);
        else
            putchar(*text);
    putchar('"');
}

void print_set(struct set *set) {
    putchar('{');
    for (int i = 0; i < set->count; i++) {
        struct property *property = &set->properties[i];
        printf("%s", i ? ", " : "");
        print_text(property->name);
        printf(": [");
        for (int j = 0; j < property->count; j++) {
            printf("%s", j ? ", " : "");
            if (property->kind == 's')
                print_text(property->values[j].s);
            else if (property->kind == 'd')
                printf("%.17g", property->values[j].d);
            else if (property->kind == 'i')
                printf("%d", property->values[j].i);
            else
                printf("null");
        }
        printf("]");
    }
    putchar('}');
}

void print_effect(struct effect *effect) {
    printf(", \"properties\": ");
    print_set(&effect->set);
    printf(", \"clips\": {");
    for (int i = 0; i < effect->clip_count; i++) {
        printf("%s\"%s\": ", i ? ", " : "", effect->clips[i].name);
        print_set(&effect->clips[i].set);
    }
    printf("}, \"params\": {");
    for (int i = 0; i < effect->param_count; i++) {
        printf("%s\"%s\": ", i ? ", " : "", effect->params[i].name);
        print_set(&effect->params[i].set);
    }
    printf("}");
}
