/* Messages over the socket: a little-endian uint32 length and that many bytes of JSON (docs/service.md, "Protocol 1"). */
#ifndef DOUBLURE_WIRE_H
#define DOUBLURE_WIRE_H

#include <stddef.h>

#include "clock.h"
#include "fault.h"
#include "json.h"
#include "text.h"

enum { LARGEST_MESSAGE = 1 << 20 };

/* What was received and not yet taken. */
struct inbox {
    char *at;
    size_t length, room;
};

enum arrival { ARRIVED, LATE, STOPPED, BROKEN };

/* The sentence of a lost connection has no full stop: its end, where the log is, is known to who has greeted the service.

   Sends a message, and the descriptor `fd` with its first byte where it is not -1. BROKEN, with the sentence, where the
   connection has ended or takes nothing for 10 s. */
enum arrival wire_send(int socket, const struct text *message, int fd, struct fault *fault);

/* The next message, waiting for `seconds`: LATE without one, STOPPED where the waiter says so, BROKEN with the sentence
   where the connection has ended or what came is no message. Free `*message` with free(). */
enum arrival wire_receive(int socket, struct inbox *inbox, double seconds, const struct waiter *waiter, struct json **message,
                          struct fault *fault);

#endif
