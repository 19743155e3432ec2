#define _GNU_SOURCE
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

static const double SEND_SECONDS = 10.0;

static enum arrival broken(struct fault *fault, const char *why) {
    fault->lost = true;
    fault_set(fault, "the connection to the Doublure service is lost (%s)", why);
    return BROKEN;
}

static void wait_for(int socket, short events) {
    struct pollfd one = {.fd = socket, .events = events};
    poll(&one, 1, SLICE_MS);
}

static ssize_t send_some(int socket, const char *at, size_t length, int fd) {
    struct iovec part = {(char *)(uintptr_t)at, length};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    if (fd >= 0) {
        memset(&control, 0, sizeof control);
        header.msg_control = &control;
        header.msg_controllen = sizeof control.room;
        struct cmsghdr *first = CMSG_FIRSTHDR(&header);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(first), &fd, sizeof fd);
    }
    return sendmsg(socket, &header, MSG_NOSIGNAL);
}

enum arrival wire_send(int socket, const struct text *message, int fd, struct fault *fault) {
    if (message->failed || message->length < 2 || message->length > LARGEST_MESSAGE) {
        fault_set(fault, "a message to the Doublure service cannot be made: a value is not a finite number, or a text is too long.");
        return BROKEN;
    }
    size_t total = message->length + 4, done = 0;
    char *bytes = malloc(total);
    if (!bytes) {
        fault_set(fault, "there is no memory for a message to the Doublure service.");
        return BROKEN;
    }
    for (int i = 0; i < 4; i++)
        bytes[i] = (char)(message->length >> (8 * i) & 0xff);
    memcpy(bytes + 4, message->at, message->length);
    double deadline = clock_seconds() + SEND_SECONDS;
    while (done < total) {
        ssize_t sent = send_some(socket, bytes + done, total - done, done == 0 ? fd : -1);
        if (sent > 0)
            done += (size_t)sent;
        else if (errno == EAGAIN && clock_seconds() < deadline)
            wait_for(socket, POLLOUT);
        else if (errno != EINTR)
            break;
    }
    free(bytes);
    return done == total ? ARRIVED : broken(fault, errno == EAGAIN ? "it takes no messages" : strerror(errno));
}

static bool grow(struct inbox *inbox, size_t room) {
    if (room <= inbox->room)
        return true;
    char *grown = realloc(inbox->at, room);
    if (!grown)
        return false;
    inbox->at = grown;
    inbox->room = room;
    return true;
}

/* Bytes of the message that begins the inbox, with its length; 0 where that is not yet known. */
static size_t wanted(const struct inbox *inbox) {
    if (inbox->length < 4)
        return 0;
    size_t length = 0;
    for (int i = 0; i < 4; i++)
        length |= (size_t)(unsigned char)inbox->at[i] << (8 * i);
    return length + 4;
}

static enum arrival take(struct inbox *inbox, size_t total, struct json **message, struct fault *fault) {
    *message = json_parse(inbox->at + 4, total - 4);
    inbox->length -= total;
    memmove(inbox->at, inbox->at + total, inbox->length);
    if (!*message || (*message)->kind != JSON_OBJECT || !json_string(*message, "type", NULL)) {
        free(*message);
        *message = NULL;
        return broken(fault, "what it sends is no message");
    }
    return ARRIVED;
}

enum arrival wire_receive(int socket, struct inbox *inbox, double seconds, const struct waiter *waiter, struct json **message,
                          struct fault *fault) {
    double deadline = clock_seconds() + seconds;
    for (;;) {
        size_t total = wanted(inbox);
        if (total && (total < 6 || total > LARGEST_MESSAGE + 4))
            return broken(fault, "a message has a wrong length");
        if (total && inbox->length >= total)
            return take(inbox, total, message, fault);
        if (!grow(inbox, total > 4096 ? total : 4096))
            return broken(fault, "there is no memory");
        ssize_t got = recv(socket, inbox->at + inbox->length, inbox->room - inbox->length, MSG_DONTWAIT);
        if (got > 0) {
            inbox->length += (size_t)got;
            continue;
        }
        if (got == 0)
            return broken(fault, "it has ended");
        if (errno != EAGAIN && errno != EINTR)
            return broken(fault, strerror(errno));
        if (waiter_stopped(waiter))
            return STOPPED;
        if (clock_seconds() > deadline)
            return LATE;
        wait_for(socket, POLLIN);
    }
}
