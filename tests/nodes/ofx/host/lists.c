#include "host.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char messages[16384], complaints[16384], unknown[16384], times[16384];

/* Adds a line to a list; to that of unknown properties once. */
void note(char *list, const char *text) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    size_t used = strlen(list), room = sizeof messages;
    if (used + strlen(text) + 2 < room && !(list == unknown && strstr(list, text)))
        sprintf(list + used, "%s\n", text);
    pthread_mutex_unlock(&lock);
}

void complain(const char *format, ...) {
    char text[600];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    note(complaints, text);
}
