/* A client of the render service: one connection, which serves one request at a time. */
#ifndef DOUBLURE_CLIENT_H
#define DOUBLURE_CLIENT_H

#include <stddef.h>

#include "clock.h"
#include "fault.h"
#include "json.h"
#include "text.h"

enum { MOST_SEGMENTS = 8 };

struct client;

/* A new connection; the service is started where it does not run. NULL with the fault. */
struct client *client_new(const struct waiter *waiter, struct fault *fault);
void client_end(struct client *client);

/* False for one that has ended, or that has something to read while nothing was asked and so is out of step. */
bool client_is_alive(const struct client *client);

/* Shared memory that it holds. */
size_t client_bytes(const struct client *client);

/* At least `bytes` of shared memory under that number, known to the service. NULL with the fault. What was there
   before is lost only where it has to grow. */
void *client_segment(struct client *client, int number, size_t bytes, const struct waiter *waiter, struct fault *fault);

/* Bytes of a segment, 0 where there is none of that number. */
size_t client_segment_bytes(const struct client *client, double number);
const void *client_segment_at(const struct client *client, double number);

/* Asks for `type` with the further fields of `fields` (", \"name\": value…", may be empty) and waits for the end. The
   `done` message, to be freed with free(); NULL with the fault, which is `aborted` where the waiter stopped it and
   `lost` where the connection cannot be used any more. `quiet` seconds without a word are too many. */
struct json *client_ask(struct client *client, const char *type, const struct text *fields, double quiet,
                        const struct waiter *waiter, struct fault *fault);

#endif
