"""The profiles that ship: each can be run without a network, and names only parts that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from spotid.errors import BadRequestError
from spotid.jobs import parts
from spotid.profiles import CLASSIFIER, FOLDER, ROLES, load_profile, profile_names
from spotid.weights import catalogue

LEOPARD = (FOLDER / "leopard.toml").read_text("utf-8")


@pytest.mark.parametrize("name", profile_names())
def test_the_wished_parts_are_in_the_list_and_the_last_ones_built_in(name: str) -> None:
    profile, listed = load_profile(name), catalogue.read()
    assert set(profile.choices) <= {*ROLES, CLASSIFIER}
    for role, names in profile.choices.items():
        for one in names:
            assert one in parts.BUILT_IN[role] or listed[one].role == parts.SHELF[role], (role, one)
            assert one in parts.BUILT_IN[role] or listed[one].part, f"{one} makes no part"
        if role in ROLES:
            assert names[-1] in parts.BUILT_IN[role] and getattr(profile, role) == names[-1]


def test_crops_of_all_profiles_have_one_padding() -> None:
    """An animal may go over from one profile to another; its crop stays."""
    assert {load_profile(name).padding for name in profile_names()} == {load_profile().padding}


def test_only_what_lies_in_the_water_is_laid_level() -> None:
    assert [name for name in profile_names() if load_profile(name).lie] == ["spots_in_water"]
    assert [name for name in profile_names() if not load_profile(name).flanks_matter] == ["bear", "seal"]


@pytest.mark.parametrize(
    "bad",
    [
        LEOPARD.replace('encoder = ["miewid-msv3", "coat-vlad"]', "encoder = []"),
        LEOPARD.replace('encoder = ["miewid-msv3", "coat-vlad"]', 'encoder = ["coat-vlad", 3]'),
        LEOPARD.replace('encoder = ["miewid-msv3", "coat-vlad"]', 'encoder = ""'),
        LEOPARD + '\n[description]\nlay_level = "yes"\n',
        LEOPARD.replace("also = [", "also = [3, "),
        LEOPARD.replace("padding = 0.08", "padding = 0.08\nthreshold = 2"),
    ],
)
def test_what_can_not_be_meant_is_refused(tmp_path: Path, bad: str) -> None:
    assert bad != LEOPARD
    (tmp_path / "bad.toml").write_text(bad, "utf-8")
    with pytest.raises(BadRequestError, match="bad can't be read"):
        load_profile("bad", tmp_path)


def test_a_profile_may_ask_for_a_score(tmp_path: Path) -> None:
    (tmp_path / "timid.toml").write_text(LEOPARD.replace("padding = 0.08", "padding = 0.08\nthreshold = 0.12"), "utf-8")
    assert load_profile("timid", tmp_path).threshold == 0.12
    assert {load_profile(name).threshold for name in profile_names()} == {None}, "the detectors' makers know better"
