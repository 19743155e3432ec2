"""What every generated PyPlug carries: builds a group from its description.

Written for the oldest Python that a Natron carries (2.7), so without annotations, and with nothing but Natron's own
module. It is copied into each PyPlug, because Natron imports each alone.
"""
# mypy: ignore-errors

import sys

import NatronEngine

_CREATE = {
    "float": "createDoubleParam",
    "int": "createIntParam",
    "bool": "createBooleanParam",
    "choice": "createChoiceParam",
    "string": "createStringParam",
    "file": "createFileParam",
    "point": "createDouble2DParam",
    "colour": "createColorParam",
    "button": "createButtonParam",
    "text": "createStringParam",
}
_BOUNDS = ("setMinimum", "setMaximum", "setDisplayMinimum", "setDisplayMaximum")


def build(app, group, tool):
    """Make the tool's controls and nodes inside a new group, and connect them.

    Some builds of Natron give None for a control, mostly a choice. Such a control is left out, and told; the node
    inside then keeps the value at which the tool starts. A node that cannot be made ends the tool.
    """
    missing = []
    nodes = {item["name"]: _node(app, group, item, missing) for item in tool["nodes"]}
    _panel(group, tool["pages"], missing)
    for name, index, source in tool["wires"]:
        nodes[name].connectInput(index, nodes[source])
    for link in tool["links"]:
        _link(group, nodes[link["node"]], link, missing)
    group.refreshUserParamsGUI()
    for name in sorted(set(missing)):
        sys.stderr.write(
            "{}: Natron gave no control for {}; set it on the node inside the group.\n".format(
                tool["label"], name
            )
        )


def _node(app, group, item, missing):
    node = app.createNode(item["plugin"], item["major"], group)
    if node is None:
        ours = item["plugin"].startswith("org.doublure.")
        raise RuntimeError(
            "Natron cannot make the node {}; install {}, then start Natron again.".format(
                item["plugin"],
                "Doublure's OpenFX plug-in with doublure ofx install" if ours else "Natron's own plug-ins",
            )
        )
    node.setScriptName(item["name"])
    node.setLabel(item["name"])
    node.setPosition(*item["position"])
    for name, values in item["values"]:
        param = node.getParam(name)
        if param is None:
            missing.append(item["name"] + "." + name)
        else:
            param.set(*values)
    return node


def _panel(group, pages, missing):
    for page in pages:
        tab = group.createPageParam(page["name"], page["label"])
        if tab is None:
            missing.append(page["label"])
            continue
        for section in page["sections"]:
            holder = None
            if section["label"]:
                holder = group.createGroupParam(section["name"], section["label"])
            if holder is not None:
                holder.setOpened(True)
                tab.addParam(holder)
            for item in section["controls"]:
                _control(group, holder or tab, item, missing)
    group.setPagesOrder([page["name"] for page in pages] + ["Node", "Info"])


def _control(group, place, item, missing):
    # A colour has no alpha here.
    rest = (False,) if item["kind"] == "colour" else ()
    param = getattr(group, _CREATE[item["kind"]])(item["name"], item["label"], *rest)
    if param is None:
        missing.append(item["name"])
        return
    param.setHelp(item.get("help", ""))
    if item["kind"] == "text":
        param.setType(NatronEngine.StringParam.TypeEnum.eStringTypeLabel)
    if "choices" in item:
        param.setOptions([(choice, "") for choice in item["choices"]])
    if item["kind"] != "button":
        param.setAnimationEnabled(item.get("animatable", False))
    _default(param, item)
    place.addParam(param)
    setattr(group, item["name"], param)


def _default(param, item):
    if "range" in item:
        for dimension, value in enumerate(item["default"]):
            for setter, bound in zip(_BOUNDS, item["range"]):  # noqa: B905 (Python 2.7 has no strict)
                if bound is not None:
                    getattr(param, setter)(bound, dimension)
            param.setDefaultValue(value, dimension)
            param.restoreDefaultValue(dimension)
    elif "default" in item:
        param.setDefaultValue(item["default"])
        param.restoreDefaultValue()


def _link(group, node, link, missing):
    outer, inner = group.getParam(link["control"]), node.getParam(link["param"])
    if outer is None or inner is None:
        missing.append(link["control"])
    elif not link["alias"]:
        inner.setExpression("thisGroup.{}.get()".format(link["control"]), False, 0)
    elif not _tied(outer, inner):
        missing.append(link["control"])


def _tied(outer, inner):
    try:
        return outer.setAsAlias(inner)
    except ValueError:
        # Where older versions return false for params of two kinds, newer ones raise.
        return False
