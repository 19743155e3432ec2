#include "say.h"

#include <stdio.h>
#include <string.h>

#include "host.h"

/* Whether it is news, which is remembered. */
static bool is_news(struct instance *instance, const char *sentence) {
    pthread_mutex_lock(&instance->lock);
    bool news = strncmp(instance->told, sentence, sizeof instance->told - 1) != 0;
    snprintf(instance->told, sizeof instance->told, "%s", sentence);
    pthread_mutex_unlock(&instance->lock);
    return news;
}

static void say_to_terminal(const struct instance *instance, const char *sentence) {
    fprintf(stderr, "Doublure %s: %s\n", instance->node->label, sentence);
}

void say_failed(struct instance *instance, const char *sentence) {
    bool news = is_news(instance, sentence);
    /* A farm keeps what is printed, whatever its host makes of messages. */
    if (news && host.background)
        say_to_terminal(instance, sentence);
    if (host.persistent &&
        host.message->setPersistentMessage(instance->effect, kOfxMessageError, "", "%s", sentence) == kOfxStatOK)
        return;
    if (!news)
        return;
    if (!host.message || host.message->message(instance->effect, kOfxMessageError, "", "%s", sentence) != kOfxStatOK)
        say_to_terminal(instance, sentence);
}

void say_note(struct instance *instance, const char *sentence) {
    if (is_news(instance, sentence) && host.background)
        say_to_terminal(instance, sentence);
    if (host.persistent)
        host.message->setPersistentMessage(instance->effect, kOfxMessageWarning, "", "%s", sentence);
}

void say_nothing(struct instance *instance) {
    if (is_news(instance, "") && host.persistent)
        host.message->clearPersistentMessage(instance->effect);
}

void say_done(struct instance *instance, const char *sentence) {
    if (!host.message || host.message->message(instance->effect, kOfxMessageMessage, "", "%s", sentence) != kOfxStatOK)
        say_to_terminal(instance, sentence);
}
