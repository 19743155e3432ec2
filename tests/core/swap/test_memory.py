"""Where memory runs out, the sentence names a batch that fits."""

from __future__ import annotations

import weakref

import pytest
import torch

from doublure.core.swap.memory import out_of_memory, too_large


def _room_for(most: int):
    def attempt(count: int) -> None:
        if count > most:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")

    return attempt


@pytest.mark.parametrize(("most", "told"), [(16, "--batch 16"), (5, "--batch 4"), (1, "--batch 1")])
def test_the_largest_half_of_a_half_that_fits_is_named(most: int, told: str) -> None:
    assert str(too_large(64, MemoryError(), _room_for(most))).endswith(f"train with {told}.")


def test_where_nothing_fits_it_says_so() -> None:
    assert "a machine with more" in str(too_large(8, MemoryError(), _room_for(0)))


def test_another_fault_on_the_way_is_not_hidden() -> None:
    def attempt(count: int) -> None:
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        too_large(8, MemoryError(), attempt)


@pytest.mark.parametrize("fault", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory")])
def test_what_says_that_memory_ran_out(fault: BaseException) -> None:
    assert out_of_memory(fault)


def test_torch_itself_says_so_of_too_large_a_tensor() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**46)
    assert out_of_memory(caught.value)


def test_other_faults_do_not() -> None:
    assert not out_of_memory(RuntimeError("size mismatch"))


def test_what_the_failed_step_had_computed_is_let_go_before_less_is_tried() -> None:
    held: list[weakref.ref[torch.Tensor]] = []

    def step() -> None:
        computed = torch.zeros(8)
        held.append(weakref.ref(computed))
        raise MemoryError

    def attempt(count: int) -> None:
        assert held[0]() is None

    with pytest.raises(MemoryError) as caught:
        step()
    assert held[0]() is not None
    assert "--batch 4" in str(too_large(8, caught.value, attempt))
