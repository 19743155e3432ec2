#define _GNU_SOURCE
#include "starts.h"

#include <pthread.h>
#include <sys/wait.h>

#include "clock.h"

static const double MEMORY_SECONDS = 10.0;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct starting current;
static pid_t started[8];
static struct fault failure;
static double remembered_until;

struct starting *starts_current(void) { return &current; }

void starts_add(pid_t service) {
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < sizeof started / sizeof *started; i++)
        if (started[i] == 0) {
            started[i] = service;
            break;
        }
    pthread_mutex_unlock(&lock);
}

void starts_collect(void) {
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < sizeof started / sizeof *started; i++) {
        if (started[i] != 0 && waitpid(started[i], NULL, WNOHANG) != 0)
            started[i] = 0;
    }
    pthread_mutex_unlock(&lock);
}

void starts_note_failure(const struct fault *fault) {
    pthread_mutex_lock(&lock);
    failure = *fault;
    remembered_until = clock_seconds() + MEMORY_SECONDS;
    pthread_mutex_unlock(&lock);
}

bool starts_recall_failure(struct fault *fault) {
    pthread_mutex_lock(&lock);
    bool fresh = clock_seconds() < remembered_until;
    if (fresh)
        *fault = failure;
    pthread_mutex_unlock(&lock);
    return fresh;
}
