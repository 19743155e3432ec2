#include "pool.h"

#include <pthread.h>

enum { MOST_KEPT = 8 };
static const size_t MOST_BYTES = (size_t)2 << 30;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct client *kept[MOST_KEPT];
static int count;
static size_t bytes;

static struct client *pop(void) {
    pthread_mutex_lock(&lock);
    struct client *client = count > 0 ? kept[--count] : NULL;
    if (client)
        bytes -= client_bytes(client);
    pthread_mutex_unlock(&lock);
    return client;
}

struct client *pool_take(const struct waiter *waiter, struct fault *fault) {
    for (struct client *client = pop(); client; client = pop()) {
        if (client_is_alive(client))
            return client;
        client_end(client);
    }
    return client_new(waiter, fault);
}

void pool_give(struct client *client, bool lost) {
    size_t more = client_bytes(client);
    pthread_mutex_lock(&lock);
    bool keep = !lost && count < MOST_KEPT && (count == 0 || bytes + more <= MOST_BYTES);
    if (keep) {
        kept[count++] = client;
        bytes += more;
    }
    pthread_mutex_unlock(&lock);
    if (!keep)
        client_end(client);
}

void pool_empty(void) {
    for (struct client *client = pop(); client; client = pop())
        client_end(client);
}
