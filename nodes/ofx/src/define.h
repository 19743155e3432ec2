/* A node's params, defined for a host. */
#ifndef DOUBLURE_DEFINE_H
#define DOUBLURE_DEFINE_H

#include <stdbool.h>

#include "abi.h"
#include "descriptors.h"

/* All of the node's params in their groups and what the shim adds, on one page. `colour`: the host manages colour. False
   where the host does not take one that is needed. */
bool define_params(const struct node *node, OfxParamSetHandle params, bool colour);

#endif
