"""Several species in one project: which profile an animal belongs to by its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.profiles import load_profile, profile_names
from spotid.profiles.names import Names
from spotid.profiles.routing import Routing

ALL = {name: load_profile(name) for name in profile_names()}


def of(*names: str, said: dict[str, bool] | None = None) -> Routing:
    return Routing([ALL[name] for name in names], said)


def test_every_profile_calls_its_first_name_its_own() -> None:
    together = of(*sorted(ALL, key=lambda name: name != "leopard"))
    for name, profile in ALL.items():
        assert profile.species and profile.own
        assert together.of(profile.species[0]).name == name
        assert together.names.ours(profile.species[0]) is True


def test_no_name_is_two_profiles_own() -> None:
    owners: dict[str, str] = {}
    for name, profile in ALL.items():
        for word in profile.species[: profile.own]:
            assert owners.setdefault(word.casefold(), name) == name, word


@pytest.mark.parametrize(
    ("name", "alone", "with_cheetahs"),
    [
        *[(name, "leopard", "cheetah") for name in ("cheetah", "Acinonyx jubatus", "Cheetahs", "guépard")],
        *[(name, "leopard", "leopard") for name in ("leopard", "", "animal", "Felidae", "ocelot", "unheard of")],
    ],
)
def test_a_wider_list_gives_way_to_the_profile_whose_own_the_name_is(name: str, alone: str, with_cheetahs: str) -> None:
    assert of("leopard").of(name).name == alone
    assert of("leopard", "cheetah").of(name).name == with_cheetahs
    assert of("cheetah", "leopard").of("cheetah").name == "cheetah"


def test_animals_of_no_profile_are_others_and_people_never_belong() -> None:
    both = of("leopard", "hyena").names
    assert [both.ours(name) for name in ("leopard", "spotted hyaena", "lion", "person", "")] == [
        *(True, True, False, False, None)
    ]
    assert of("leopard").names.ours("spotted hyaena") is False
    assert of("leopard", said={"Tendwa": True}).names.ours("tendwa") is True


def test_one_profile_means_what_it_meant_before() -> None:
    names, before = of("leopard").names, Names(ALL["leopard"].species)
    for word in (*ALL["leopard"].species, "lion", "person", "", "Panthera pardus fusca", "leopard cat"):
        assert names.ours(word) is before.ours(word)
    assert names.first == before.first == "leopard"


@given(st.lists(st.sampled_from(sorted(ALL)), min_size=1, max_size=4, unique=True), st.text(max_size=20))
def test_any_name_belongs_to_one_of_the_profiles(names: list[str], word: str) -> None:
    assert of(*names).of(word).name in names
