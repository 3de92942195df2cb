"""Which names are those of a profile's animals, however they are written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.profiles import load_profile
from spotid.profiles.names import Names, folded

LEOPARD = Names(load_profile().species)


@pytest.mark.parametrize(
    "name",
    [
        *("leopard", "Léopard", "LEOPARDS", "leopardo", "onça_pintada", "Onca  pintada", "snow-leopard", "Jaguar"),
        *("Panthera pardus", "panthera_pardus", "Panthera pardus fusca", "PANTHERA PARDUS KOTIYA", "Panthera uncia"),
        *("leopard (Panthera pardus)", "unheard of (Panthera pardus)", "Panthera pardus [leopard]"),
        *("Panthera", "Panthera sp.", "Panthera spp", "panthera species", "Felidae", "cat family"),
        "carnivorous mammal",
        *("леопард", "雪豹", "तेंदुआ", "پلنگ"),
    ],
)
def test_names_of_the_profiles_animals(name: str) -> None:
    assert LEOPARD.ours(name) is True


@pytest.mark.parametrize(
    "name",
    [
        *("leopard cat", "lion", "Panthera leo", "Panthera tigris", "spotted hyaena", "domestic cat", "sambar deer"),
        *("person", "Humans", "Homo sapiens", "vehicle", "dog", "another species", "Panthera par"),
        *("lion (Panthera leo)", "red fox (Vulpes vulpes)"),
    ],
)
def test_names_of_other_animals(name: str) -> None:
    assert LEOPARD.ours(name) is False


@pytest.mark.parametrize("name", ["", " ", "animal", "Unknown", "unidentified_animal", "blank", "n/a", "mammal", "?"])
def test_names_that_say_nothing(name: str) -> None:
    assert LEOPARD.ours(name) is None


def test_a_profile_without_a_list_takes_every_animal_but_no_people() -> None:
    anyone = Names(())
    assert anyone.ours("aardvark") is True and anyone.ours("Panthera leo") is True
    assert anyone.ours("person") is False and anyone.ours("car") is False and anyone.ours("animal") is None
    assert anyone.ours("another species") is False


def test_what_people_of_a_project_said_counts_more() -> None:
    told = Names(load_profile().species, {"Tendwa": True, "felidae": False, "lion (Panthera leo)": True})
    assert told.ours("tendwa") is True and told.ours("TENDWAS") is True
    assert told.ours("Felidae") is False and told.ours("leopard") is True
    assert told.ours("Lion (Panthera leo)") is True and told.ours("lion") is False


@given(st.sampled_from(load_profile().species), st.booleans(), st.sampled_from(["NFC", "NFD"]), st.sampled_from(" _-"))
def test_every_spelling_of_a_name_is_the_name(name: str, upper: bool, form: str, space: str) -> None:
    written = unicodedata.normalize(form, name.upper() if upper else name).replace(" ", space)
    assert LEOPARD.ours(written) is True, written
    assert folded(folded(written)) == folded(written)


@given(st.text(max_size=40))
def test_any_text_is_answered(text: str) -> None:
    assert LEOPARD.ours(text) in (True, False, None)
