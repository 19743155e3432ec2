/* Pictures on their way to the service: copied into segments and told in JSON. */
#ifndef DOUBLURE_HANDOVER_H
#define DOUBLURE_HANDOVER_H

#include "client.h"
#include "image.h"
#include "text.h"
#include "window.h"

enum { ALIGNMENT = 64 };

/* What was handed over, to know it again where the service passes it through. */
struct handed {
    int segment; /* 0 where nothing was. */
    OfxRectI area;
    int channels;
    size_t bytes;
};

/* Where pictures of this instance lie at that time. `picture` is Source's. */
bool find_display(struct instance *instance, OfxTime time, double scale, const struct image *picture, OfxRectI *display,
                  struct fault *fault);

/* Copies a picture over `area` (what it lacks is 0) into segment `number` and writes the `input` object of the
   protocol. A matte is its A alone. */
bool hand_over(struct client *client, int number, const struct clip *clip, const struct image *image, OfxRectI area,
               OfxRectI display, struct text *json, struct handed *handed, const struct waiter *waiter, struct fault *fault);

/* "[x0, y0, x1, y1]" */
void text_add_window(struct text *text, struct window window);

#endif
