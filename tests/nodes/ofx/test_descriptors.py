"""Declarations on their way to the shim."""

from __future__ import annotations

import json
import math

import pytest

from doublure.gizmos.plugin import ALPHA
from doublure.nodes.ofx.descriptors import OFFERED, descriptor, descriptors
from doublure.nodes.registry import NODES
from doublure.nodes.schema import Input, Node, Param


def node(*params: Param, inputs: tuple[Input, ...] = (Input("plate", "the plate"),)) -> Node:
    return Node(
        "org.doublure.made",
        "Made",
        3,
        "Made here.",
        inputs,
        params,
        lambda inputs, params, ctx: inputs["plate"],
    )


def test_they_are_plain_json() -> None:
    data = descriptors()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert [item["id"] for item in data["nodes"]] == list(OFFERED)


def test_reading_and_writing_are_left_to_the_host() -> None:
    assert set(NODES) - set(OFFERED) == {"org.doublure.read", "org.doublure.write"}


def test_an_identity_passes_the_main_input_on_through() -> None:
    for name in OFFERED:
        for identity in NODES[name].identity:
            assert identity.input == NODES[name].inputs[0].name


def test_clips_are_named_after_inputs_and_the_first_is_source() -> None:
    made = descriptor(node(inputs=(Input("plate", "p"), Input("face", "f"), Input("matte", "m", True, True))))
    assert [item["clip"] for item in made["inputs"]] == ["Source", "Face", "Matte"]


def test_groups_are_in_order_and_params_name_theirs() -> None:
    made = descriptor(
        node(
            Param("b", "bool", False, "B", "B.", group="Two words"),
            Param("a", "bool", False, "A", "A."),
            Param("c", "bool", False, "C", "C.", group="One"),
            Param("d", "bool", False, "D", "D.", group="Two words"),
        )
    )
    assert made["groups"] == [
        {"name": "group_two_words", "label": "Two words"},
        {"name": "group_one", "label": "One"},
    ]
    assert [param["parent"] for param in made["params"]] == [
        "group_two_words",
        "",
        "group_one",
        "group_two_words",
    ]


@pytest.mark.parametrize("default", [0.0, 3.5, -2500.0])
@pytest.mark.parametrize(("minimum", "maximum"), [(None, None), (-3000.0, None), (None, 4.0), (-3000.0, 4.0)])
def test_every_limit_is_finite_and_in_order(
    default: float, minimum: float | None, maximum: float | None
) -> None:
    made = descriptor(node(Param("x", "float", default, "X", "X.", minimum=minimum, maximum=maximum)))[
        "params"
    ][0]
    limits = [made[name] for name in ("minimum", "display_minimum", "display_maximum", "maximum")]
    assert all(math.isfinite(limit) for limit in limits)
    assert limits == sorted(limits)
    assert limits[1] <= default <= limits[2]


def test_the_choice_of_alpha_is_the_one_that_the_tools_in_hosts_set() -> None:
    made = {item["id"]: item["alpha"] for item in descriptors()["nodes"]}
    alpha = made.pop("org.doublure.blend")
    assert list(made.values()) == [None] * 3
    assert {key: alpha[key] for key in ("name", "label", "help", "kind", "default")} == {
        key: getattr(ALPHA, key) for key in ("name", "label", "help", "kind", "default")
    }
    assert tuple(alpha["choices"]) == ALPHA.choices


def test_whole_numbers_fit_the_hosts() -> None:
    made = descriptor(node(Param("x", "int", 7, "X", "X.")))["params"][0]
    assert (made["minimum"], made["maximum"]) == (-(2**31), 2**31 - 1)
