#include "handover.h"

#include "host.h"

void text_add_window(struct text *text, struct window window) {
    text_add(text, "[%d, %d, %d, %d]", window.x0, window.y0, window.x1, window.y1);
}

static bool project_window(struct instance *instance, OfxRectD *project) {
    static const char *const sizes[] = {kOfxImageEffectPropProjectSize, kOfxImageEffectPropProjectExtent};
    double offset[2] = {0, 0};
    for (int i = 0; i < 2; i++)
        get_double(instance->set, kOfxImageEffectPropProjectOffset, i, &offset[i]);
    for (int i = 0; i < 2; i++) {
        double width = 0, height = 0;
        if (get_double(instance->set, sizes[i], 0, &width) && get_double(instance->set, sizes[i], 1, &height) && width >= 1 &&
            height >= 1) {
            *project = (OfxRectD){offset[0], offset[1], offset[0] + width, offset[1] + height};
            return true;
        }
    }
    return false;
}

bool find_display(struct instance *instance, OfxTime time, double scale, const struct image *picture, OfxRectI *display,
                  struct fault *fault) {
    struct place place = {.scale = scale, .aspect = picture->aspect, .has_picture = picture->has_region, .picture = picture->region};
    const struct clip *source = &instance->clips[0];
    place.has_format = get_rect_i(source->set, kOfxImageClipPropFormat, &place.format) && !rect_empty(place.format);
    place.has_project = project_window(instance, &place.project);
    if (host.effect->clipGetRegionOfDefinition(source->handle, time, &place.rod) != kOfxStatOK)
        place.rod = (OfxRectD){1, 1, 0, 0};
    return display_find(&place, display, fault);
}

bool hand_over(struct client *client, int number, const struct clip *clip, const struct image *image, OfxRectI area,
               OfxRectI display, struct text *json, struct handed *handed, const struct waiter *waiter, struct fault *fault) {
    bool mask = json_bool(clip->input, "mask", false);
    int components = image->pixels.components, channels = mask ? 1 : components, first = mask && components == 4 ? 3 : 0;
    if (mask && components == 3)
        return fault_set(fault, "the host gives the matte %s without A; shuffle it into A first.", clip->name);
    size_t plane = (size_t)(area.x2 - area.x1) * (size_t)(area.y2 - area.y1);
    *handed = (struct handed){number, area, channels, plane * sizeof(float) * (size_t)channels};
    float *memory = client_segment(client, number, handed->bytes, waiter, fault);
    if (!memory)
        return false;
    if (channels == components)
        planes_from_pixels(memory, area, &image->pixels);
    else
        plane_from_pixels(memory, area, &image->pixels, first);
    const char *alpha = get_string(clip->set, kOfxImageEffectPropPreMultiplication);
    text_add(json, "{\"name\": ");
    text_add_json(json, json_string(clip->input, "name", ""));
    text_add(json, ", \"segment\": %d, \"offset\": 0, \"channels\": %s, \"data\": ", number,
             channels == 4   ? "[\"R\", \"G\", \"B\", \"A\"]"
             : channels == 3 ? "[\"R\", \"G\", \"B\"]"
                             : "[\"A\"]");
    text_add_window(json, window_down(display, area));
    text_add(json, ", \"display\": ");
    text_add_window(json, window_down(display, display));
    text_add(json, ", \"pixel_aspect\": ");
    text_add_number(json, image->aspect);
    text_add(json, ", \"premultiplied\": %s}", is_text(alpha, kOfxImageUnPreMultiplied) ? "false" : "true");
    return true;
}
