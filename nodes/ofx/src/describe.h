/* What a host is told about a node before there is one. */
#ifndef DOUBLURE_DESCRIBE_H
#define DOUBLURE_DESCRIBE_H

#include "abi.h"
#include "descriptors.h"

OfxStatus describe(const struct node *node, OfxImageEffectHandle effect);
OfxStatus describe_in_context(const struct node *node, OfxImageEffectHandle effect, OfxPropertySetHandle arguments);

#endif
