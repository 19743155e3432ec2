from __future__ import annotations

from doublure.nodes.context import Shared


def test_a_thing_is_made_once() -> None:
    shared, made = Shared(), []
    for _ in range(3):
        shared.get(("model", "a"), lambda: made.append(1))
    assert len(made) == 1


def test_what_was_used_least_recently_is_let_go_of() -> None:
    shared, made = Shared(keep=2), []

    def get(name: str) -> str:
        return shared.get(("model", name), lambda: made.append(name) or name)

    for name in ("a", "b", "a", "c"):
        assert get(name) == name
    made.clear()
    assert [get("a"), get("c")] == ["a", "c"]
    assert made == []
    get("b")
    assert made == ["b"]


def test_many_tracks_do_not_push_a_model_out() -> None:
    shared, made = Shared(keep=2), []
    for kind, name in (("model", "m"), ("track", 1), ("track", 2), ("track", 3), ("model", "m")):
        shared.get((kind, name), lambda kind=kind: made.append(kind))
    assert made.count("model") == 1


def test_without_a_limit_everything_stays() -> None:
    shared, made = Shared(), []
    for _ in range(2):
        for number in range(100):
            shared.get(("digest", number), lambda: made.append(1))
    assert len(made) == 100
