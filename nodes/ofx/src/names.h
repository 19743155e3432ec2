/* Names of the params that the shim adds to a node's own. File format of hosts' scripts: never renamed. */
#ifndef DOUBLURE_NAMES_H
#define DOUBLURE_NAMES_H

#include "json.h"

#define SPACE_NAME "input_space"
#define VERSION_NAME "version"
#define ANALYSE_NAME "analyse"
#define REVISION_NAME "revision"
#define ALPHA_NAME "alpha"
#define SWITCH_NAME "use_%.60s"
#define PAGE_NAME "controls"
#define HOST_SPACE "Host"

/* Optional mattes have a switch, for hosts that say of every clip that it is connected. */
static inline bool has_switch(const struct json *input) {
    return json_bool(input, "mask", false) && json_bool(input, "optional", false);
}

#endif
