#define _GNU_SOURCE
#include "client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "segment.h"
#include "service.h"
#include "wire.h"

enum { PROTOCOL = 1, MOST_HANGUPS = 10 };
static const double HELLO_SECONDS = 30.0, CANCEL_SECONDS = 0.5, SEGMENT_SECONDS = 30.0;

struct client {
    int socket;
    unsigned long last_id;
    struct inbox inbox;
    struct segment segments[MOST_SEGMENTS];
    char log[512];
};

void client_end(struct client *client) {
    if (client->socket >= 0)
        close(client->socket);
    for (int i = 0; i < MOST_SEGMENTS; i++)
        segment_free(&client->segments[i]);
    free(client->inbox.at);
    free(client);
}

/* Says where the log is, and ends the sentence of a lost connection. */
static void end_sentence(const struct client *client, struct fault *fault) {
    size_t length = strlen(fault->sentence), room = sizeof fault->sentence - length;
    if (fault->lost && length > 0 && fault->sentence[length - 1] != '.')
        snprintf(fault->sentence + length, room, client->log[0] ? "; its log is %s." : "%s.", client->log);
}

/* The host's colour configuration as the service can find it, "" without one. MLT sets one that nothing answers to. */
static void add_colours(struct text *message) {
    const char *set = getenv("OCIO");
    if (!set || strncmp(set, "ocio://ocio://", 14) == 0)
        set = "";
    char *whole = set[0] && set[0] != '/' && strncmp(set, "ocio://", 7) != 0 ? realpath(set, NULL) : NULL;
    text_add_json(message, whole ? whole : set);
    free(whole);
}

static bool greet(struct client *client, const struct waiter *waiter, struct fault *fault) {
    struct text message = {0};
    struct json *reply = NULL;
    text_add(&message, "{\"type\": \"hello\", \"protocol\": %d, \"client\": ", PROTOCOL);
    text_add_json(&message, host.name);
    text_add(&message, ", \"ocio\": ");
    add_colours(&message);
    text_add(&message, "}");
    enum arrival arrival = wire_send(client->socket, &message, -1, fault);
    text_free(&message);
    if (arrival != ARRIVED)
        return false;
    arrival = wire_receive(client->socket, &client->inbox, HELLO_SECONDS, waiter, &reply, fault);
    if (arrival == STOPPED)
        fault->aborted = true;
    if (arrival == LATE)
        return fault_set(fault, "the Doublure service does not answer; end it with doublure serve --stop and render again.");
    if (arrival != ARRIVED)
        return false;
    double protocol = json_number(reply, "protocol", 0);
    if (strcmp(json_string(reply, "type", ""), "hello") == 0 && (int)protocol == PROTOCOL)
        snprintf(client->log, sizeof client->log, "%s", json_string(reply, "log", ""));
    else if (strcmp(json_string(reply, "type", ""), "error") == 0 && strcmp(json_string(reply, "code", ""), "protocol") != 0)
        fault_set(fault, "%s", json_string(reply, "message", "the Doublure service refuses this host."));
    else
        fault_set(fault, "the Doublure service that runs is of another version; end it with doublure serve --stop and render again.");
    free(reply);
    return !fault->sentence[0];
}

static bool hello(struct client *client, const struct waiter *waiter, struct fault *fault) {
    bool good = greet(client, waiter, fault);
    end_sentence(client, fault);
    return good;
}

static struct client *client_try(const struct waiter *waiter, struct fault *fault) {
    struct client *client = calloc(1, sizeof *client);
    if (!client) {
        fault_set(fault, "there is no memory for a connection to the Doublure service.");
        return NULL;
    }
    for (int i = 0; i < MOST_SEGMENTS; i++)
        client->segments[i].fd = -1;
    client->socket = service_connect(waiter, fault);
    if (client->socket >= 0 && hello(client, waiter, fault))
        return client;
    client_end(client);
    return NULL;
}

/* A service that is just ending may still be connected to; a moment later another one can be started. */
struct client *client_new(const struct waiter *waiter, struct fault *fault) {
    for (int i = 0;; i++) {
        *fault = (struct fault){0};
        struct client *client = client_try(waiter, fault);
        if (client || !fault->lost || fault->aborted || i == MOST_HANGUPS)
            return client;
        if (!waiter_slice(waiter)) {
            fault->aborted = true;
            return NULL;
        }
    }
}

bool client_is_alive(const struct client *client) {
    struct pollfd one = {.fd = client->socket, .events = POLLIN};
    return client->inbox.length == 0 && poll(&one, 1, 0) == 0;
}

size_t client_bytes(const struct client *client) {
    size_t bytes = 0;
    for (int i = 0; i < MOST_SEGMENTS; i++)
        bytes += client->segments[i].at ? client->segments[i].bytes : 0;
    return bytes;
}

size_t client_segment_bytes(const struct client *client, double number) {
    for (int i = 0; i < MOST_SEGMENTS; i++)
        if (number == i + 1 && client->segments[i].at)
            return client->segments[i].bytes;
    return 0;
}

const void *client_segment_at(const struct client *client, double number) { return client->segments[(int)number - 1].at; }

/* The first words of a request: its type and number. */
static void begin(struct text *message, struct client *client, const char *type) {
    text_add(message, "{\"type\": \"%s\", \"id\": %lu", type, ++client->last_id);
}

/* Takes note of one message. True where it ends request `id`: then either `*done` or the fault is set. */
static bool is_end(const struct client *client, struct json *message, double id, struct json **done, struct fault *fault) {
    const char *type = json_string(message, "type", ""), *code = json_string(message, "code", "");
    double about = json_number(message, "id", -1);
    bool error = strcmp(type, "error") == 0, ended = error || strcmp(type, "done") == 0;
    if (!ended || (about != id && !(error && about == 0)))
        return false;
    if (!error) {
        *done = message;
        return true;
    }
    /* A service that was told to stop gives way to a new one; one that did not understand us is out of step. */
    fault->lost = strcmp(code, "stopped") == 0 || about == 0;
    const char *log = json_string(message, "log", client->log);
    const char *sentence = json_string(message, "message", "the Doublure service gave no reason.");
    if (strcmp(code, "internal") == 0 && log[0] && !strstr(sentence, log))
        fault_set(fault, "%s The log is %s.", sentence, log);
    else
        fault_set(fault, "%s", sentence);
    return true;
}

/* Tells the service to stop request `id` and waits a little for both ends, so that the connection can be used again. */
static void cancel(struct client *client, unsigned long id, struct fault *fault) {
    struct text message = {0};
    struct fault ignored = {0};
    begin(&message, client, "cancel");
    text_add(&message, ", \"request\": %lu}", id);
    unsigned long own = client->last_id;
    bool good = wire_send(client->socket, &message, -1, &ignored) == ARRIVED;
    text_free(&message);
    bool ended = false, answered = false;
    double deadline = clock_seconds() + CANCEL_SECONDS;
    while (good && !(ended && answered)) {
        struct json *reply = NULL, *done = NULL;
        double left = deadline - clock_seconds();
        good = left > 0 && wire_receive(client->socket, &client->inbox, left, NULL, &reply, &ignored) == ARRIVED;
        if (good && !ended)
            ended = is_end(client, reply, (double)id, &done, &ignored);
        if (good && !answered)
            answered = is_end(client, reply, (double)own, &done, &ignored);
        free(reply);
    }
    *fault = (struct fault){.aborted = true, .lost = !good};
}

static bool send_request(struct client *client, const char *type, const struct text *fields, int fd, struct fault *fault) {
    struct text message = {0};
    begin(&message, client, type);
    text_add(&message, "%s}", fields && fields->at ? fields->at : "");
    message.failed |= fields && fields->failed;
    bool sent = wire_send(client->socket, &message, fd, fault) == ARRIVED;
    end_sentence(client, fault);
    text_free(&message);
    return sent;
}

static struct json *wait_for_end(struct client *client, double quiet, const struct waiter *waiter, struct fault *fault) {
    unsigned long id = client->last_id;
    for (;;) {
        struct json *message = NULL, *done = NULL;
        enum arrival arrival = wire_receive(client->socket, &client->inbox, quiet, waiter, &message, fault);
        if (arrival == LATE) {
            cancel(client, id, fault);
            *fault = (struct fault){.lost = fault->lost, .final = true};
            fault_set(fault, "the Doublure service has not said a word for %.0f seconds; its log is %s.", quiet, client->log);
            return NULL;
        }
        if (arrival == STOPPED)
            cancel(client, id, fault);
        end_sentence(client, fault);
        if (arrival != ARRIVED)
            return NULL;
        if (is_end(client, message, (double)id, &done, fault)) {
            if (!done)
                free(message);
            return done;
        }
        bool mine = json_number(message, "id", -1) == (double)id && strcmp(json_string(message, "type", ""), "progress") == 0;
        bool go_on = !mine || !waiter || !waiter->progress || waiter->progress(waiter->data, json_number(message, "fraction", 0));
        free(message);
        if (!go_on) {
            cancel(client, id, fault);
            return NULL;
        }
    }
}

struct json *client_ask(struct client *client, const char *type, const struct text *fields, double quiet,
                        const struct waiter *waiter, struct fault *fault) {
    return send_request(client, type, fields, -1, fault) ? wait_for_end(client, quiet, waiter, fault) : NULL;
}

void *client_segment(struct client *client, int number, size_t bytes, const struct waiter *waiter, struct fault *fault) {
    struct segment *segment = &client->segments[number - 1];
    if (segment->at && segment->bytes >= bytes)
        return segment->at;
    segment_free(segment);
    /* Rounded up, so that windows that grow a little from frame to frame do not cost a new one each. */
    size_t rounded = (bytes + ((size_t)1 << 20)) & ~(((size_t)1 << 20) - 1);
    if (!segment_make(segment, rounded, fault))
        return NULL;
    struct text fields = {0};
    text_add(&fields, ", \"segment\": %d, \"bytes\": %zu", number, rounded);
    struct json *done = send_request(client, "segment", &fields, segment->fd, fault)
                            ? wait_for_end(client, SEGMENT_SECONDS, waiter, fault)
                            : NULL;
    text_free(&fields);
    if (!done) {
        segment_free(segment);
        return NULL;
    }
    free(done);
    return segment->at;
}
