#include "patience.h"

#include <stdlib.h>

double patience_seconds(void) {
    const char *set = getenv("DOUBLURE_TIMEOUT");
    int seconds = set ? atoi(set) : 0;
    return seconds > 0 ? seconds : 600;
}

double patience_start_seconds(void) {
    static const double START_SECONDS = 30.0;
    double all = patience_seconds();
    return all < START_SECONDS ? all : START_SECONDS;
}
