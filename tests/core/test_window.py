from __future__ import annotations

import numpy as np

from doublure.core.window import Window


def test_size_is_the_difference_of_the_half_open_bounds() -> None:
    window = Window(-3, 2, 5, 4)
    assert (window.width, window.height) == (8, 2)


def test_windows_that_do_not_touch_intersect_in_an_empty_one() -> None:
    assert Window.of_size(4, 4).intersect(Window(9, 9, 12, 12)).empty


def test_intersection_is_inside_both() -> None:
    one, other = Window(-5, -5, 6, 3), Window(0, -9, 9, 1)
    both = one.intersect(other)
    assert both == Window(0, -5, 6, 1)
    assert one.contains(both)
    assert other.contains(both)


def test_a_window_contains_itself_and_not_its_growth() -> None:
    window = Window(1, 1, 2, 2)
    assert window.contains(window)
    assert not window.contains(window.grow(1))


def test_growing_by_a_negative_amount_undoes_growing() -> None:
    assert Window(1, 2, 7, 9).grow(3).grow(-3) == Window(1, 2, 7, 9)


def test_slices_pick_the_windows_pixels_out_of_a_larger_array() -> None:
    outer, inner = Window(-2, -1, 4, 3), Window(0, 1, 2, 2)
    ys, xs = np.mgrid[outer.y0 : outer.y1, outer.x0 : outer.x1]
    rows, columns = inner.slices(outer)
    assert xs[rows, columns].tolist() == [[0, 1]]
    assert ys[rows, columns].tolist() == [[1, 1]]
