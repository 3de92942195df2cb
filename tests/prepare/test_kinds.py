"""What the classes of a detector mean, and boxes that lie on one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.boxes import Box
from spotid.errors import ModelFileError
from spotid.prepare.detectors.kinds import Kind, kinds
from spotid.prepare.detectors.yolo import MOST_BOXES, how_told, separate
from spotid.prepare.parts import ANIMAL, PERSON, VEHICLE, Detection

MEGA = {0: "animal", 1: "person", 2: "vehicle"}


def test_names_that_speak_for_themselves() -> None:
    assert kinds(MEGA, {}, "m") == {0: Kind(ANIMAL), 1: Kind(PERSON), 2: Kind(VEHICLE)}
    assert kinds({0: "Human ", 1: "Animals", 2: "CAR"}, {}, "m")[0] == Kind(PERSON)


def test_a_list_counts_in_the_order_of_the_classes_unless_all_names_say_otherwise() -> None:
    recipe = {"classes": [ANIMAL, PERSON, VEHICLE]}
    assert kinds({0: "0", 1: "1", 2: "2"}, recipe, "m") == kinds(MEGA, recipe, "m")
    assert kinds({0: "vehicle", 1: "animal", 2: "human"}, recipe, "m")[1] == Kind(ANIMAL)
    with pytest.raises(ModelFileError, match="80 classes instead of 3"):
        kinds({number: str(number) for number in range(80)}, recipe, "m")


def test_classes_of_a_network_that_somebody_trained() -> None:
    names = {0: "Leopard", 1: "spotted_hyena", 2: "ranger", 3: "bait box", 4: "stone"}
    recipe = {
        "classes": {"leopard": ANIMAL, "spotted hyena": ANIMAL, "ranger": PERSON},
        "others": "ignore",
        "species": {"leopard": "Panthera pardus", "1": "spotted hyena"},
    }
    found = kinds(names, recipe, "ours")
    assert found[0] == Kind(ANIMAL, "Panthera pardus") and found[1] == Kind(ANIMAL, "spotted hyena")
    assert found[2] == Kind(PERSON) and {found[3].kind, found[4].kind} == {"ignore"}


@pytest.mark.parametrize(
    ("names", "recipe", "sentence"),
    [
        ({0: "leopard"}, {}, "Nothing is said of the class “leopard”"),
        ({0: "leopard"}, {"classes": {"leopard": "cat"}}, "“cat” is no kind"),
        ({0: "person"}, {}, "No class of “ours” is an animal"),
        ({0: "leopard"}, {"classes": {"leopard": ANIMAL, "lepard": ANIMAL}}, "has no class “lepard”; it has leopard"),
        ({0: "leopard"}, {"classes": "animal"}, "must be a table"),
    ],
)
def test_what_can_not_be_meant_is_told(names: dict[int, str], recipe: dict[str, object], sentence: str) -> None:
    with pytest.raises(ModelFileError, match=sentence):
        kinds(names, recipe, "ours")


SHARE = st.floats(0.01, 0.6)
BOXES = st.builds(Box, st.floats(0, 0.9), st.floats(0, 0.9), SHARE, SHARE).map(Box.clipped)
DETECTIONS = st.builds(Detection, BOXES, st.sampled_from((0.2, 0.5, 0.9)), st.sampled_from((ANIMAL, PERSON)))


@given(st.lists(DETECTIONS, max_size=60))
def test_nothing_is_boxed_twice_and_what_goes_lies_on_something_better(found: list[Detection]) -> None:
    kept = separate(found, 0.6)
    assert len(kept) <= MOST_BOXES and [one.score for one in kept] == sorted((one.score for one in kept), reverse=True)
    for place, one in enumerate(kept):
        assert all(one.box.iou(other.box) <= 0.6 for other in kept[:place])
    gone = [one for one in found if one not in kept]
    if len(kept) < MOST_BOXES:
        assert all(any(one.box.iou(other.box) > 0.6 and other.score >= one.score for other in kept) for one in gone)
    assert separate(list(reversed(found)), 0.6) == kept


def test_between_equals_the_animal_stays() -> None:
    box = Box(0.1, 0.1, 0.5, 0.5)
    both = [Detection(box, 0.5, PERSON), Detection(box, 0.5, ANIMAL)]
    assert [one.label for one in separate(both, 0.6)] == [ANIMAL]
    assert [one.label for one in separate([*both, Detection(box, 0.6, PERSON)], 0.6)] == [PERSON]


def test_what_the_detector_tells() -> None:
    assert Detection(Box(0, 0, 1, 1), 0.5).told == "" and how_told("") == "detector"
    assert Detection(Box(0, 0, 1, 1), 0.5, PERSON).told == "person" and how_told("person") == "detector: person"
    assert Detection(Box(0, 0, 1, 1), 0.5, ANIMAL, species="leopard").told == "leopard"
