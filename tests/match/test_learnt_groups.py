"""Which confirmed sightings teach: one animal, one side, two visits."""

from __future__ import annotations

import numpy as np

from spotid.match.learnt_groups import known_of
from spotid.project.confirmed import Confirmed


def told(
    one: int, animal: int, flank: str = "left", by: str = "person", lean: float = 0.0, visit: int = 0
) -> Confirmed:
    return Confirmed(one, f"u{one}", animal, f"leopard_{animal}", visit or None, flank, by, lean)


def test_opposite_sides_of_one_animal_are_two_groups() -> None:
    rows = [told(1, 1), told(2, 1), told(3, 1, "right"), told(4, 1, "right"), told(5, 2), told(6, 2, "front")]
    known = known_of([1, 2, 3, 4, 5, 6], rows, [(2, 3)], flanks_matter=True)
    assert known.group[0] == known.group[1] != known.group[2] == known.group[3]
    assert len(set(known.group[[0, 2, 4, 5]])) == 4, "of two animals, and of three sides"
    assert known.lean.tolist() == [1, 1, -1, -1, 1, 0]
    assert known.teaching.tolist() == [True] * 4 + [False] * 2 and known.animals == 1


def test_where_flanks_do_not_matter_all_of_an_animal_are_one_group() -> None:
    rows = [told(1, 1), told(2, 1, "right"), told(3, 1, "unknown", "")]
    known = known_of([1, 2, 3], rows, [], flanks_matter=False)
    assert len(set(known.group)) == 1 and known.teaching.all() and not known.lean.any()


def test_guesses_count_where_they_are_sure() -> None:
    rows = [told(1, 1), told(2, 1, "left", "net", 0.8), told(3, 1, "unknown", "net", 0.3), told(4, 1, "front", "net")]
    known = known_of([1, 2, 3, 4], rows, [], flanks_matter=True)
    assert known.group[1] == known.group[0]
    assert known.group[2] == -1 and known.lean[2] == 0
    assert known.group[3] not in (known.group[0], -1)


def test_compared_pairs_tell_a_side_that_nobody_knows() -> None:
    rows = [told(1, 1), told(2, 1, "right"), *(told(one, 1, "unknown", "") for one in range(3, 9)), told(9, 2)]
    same = [(1, 3), (3, 4), (1, 5), (5, 2), (6, 7), (8, 9)]
    known = known_of(list(range(1, 10)), rows, same, flanks_matter=True)
    group = dict(enumerate(known.group.tolist(), 1))
    assert group[3] == group[4] == group[1], "led to the left side"
    assert group[5] == -1, "leads to both sides"
    assert group[6] == group[7] not in (-1, group[1], group[2]), "one side, whichever"
    assert group[8] == -1, "a pair of two animals, answered before somebody split them, leads nowhere"


def test_one_visit_teaches_nothing() -> None:
    rows = [told(1, 1, visit=5), told(2, 1, visit=5), told(3, 2), told(4, 2)]
    known = known_of([2, 1, 3, 4], rows, [], flanks_matter=True)
    assert known.row.tolist() == [1, 0, 2, 3], "rows of the table, whatever its order"
    assert known.teaching.tolist() == [False, False, True, True]
    assert len(known_of([], rows, [], flanks_matter=True)) == 0
    assert np.array_equal(known.only(known.teaching).animal, [2, 2])
