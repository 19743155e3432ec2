#include "patience.h"

#include <stdlib.h>

static double seconds(const char *name, int otherwise) {
    const char *set = getenv(name);
    int given = set ? atoi(set) : 0;
    return given > 0 ? given : otherwise;
}

double patience_seconds(void) { return seconds("DOUBLURE_TIMEOUT", 600); }

double patience_start_seconds(void) { return seconds("DOUBLURE_START_TIMEOUT", 30); }
