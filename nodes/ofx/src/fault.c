#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool fault_set(struct fault *fault, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(fault->sentence, sizeof fault->sentence, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof fault->sentence) {
        size_t end = sizeof fault->sentence - 1;
        while (end > 0 && ((unsigned char)fault->sentence[end - 1] & 0xc0) == 0x80)
            end--;
        if (end > 0 && (unsigned char)fault->sentence[end - 1] >= 0xc0)
            end--;
        fault->sentence[end] = '\0';
    }
    return false;
}
