/* A frame that a host wants: what it asks for, and the pictures and values that are needed for it. */
#ifndef DOUBLURE_FRAME_H
#define DOUBLURE_FRAME_H

#include "clock.h"
#include "colour.h"
#include "image.h"
#include "text.h"

struct frame {
    struct instance *instance;
    struct waiter waiter;
    OfxTime time;
    double scale;
    bool interactive;
    const struct clip *passed;  /* Its picture is the result; NULL where there is work to do. */
    const char *alpha;          /* The channel that goes out as A; NULL for A itself. */
    struct image images[MOST_INPUTS], output;
    OfxRectI area; /* Of the result. */
    OfxRectI display;
    char space[SPACE_ROOM];
    struct fault note; /* What the service says of a frame that came out well. */
    struct text params;
};

/* Reads what is asked for and fetches the output, and then what the result needs: one picture that passes through, or
   all values and pictures. Free what it gathered, also after a fault. */
bool frame_gather(struct frame *frame, OfxPropertySetHandle in, struct fault *fault);

/* `failed`: what was asked for is set to 0 first. Some hosts show whatever a failed render leaves in the output. */
void frame_free(struct frame *frame, bool failed);

#endif
