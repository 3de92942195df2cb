"""What the codes of individuals begin with, by profile and species."""

from __future__ import annotations

from pathlib import Path

import pytest

from spotid import codes
from spotid.errors import BadRequestError
from spotid.profiles import FOLDER, load_profile, profile_names
from spotid.profiles.routing import Routing

LYNX = (FOLDER / "lynx.toml").read_text("utf-8")


def word(species: str, *names: str) -> str:
    return Routing([load_profile(name) for name in names]).word(species)


def test_every_word_of_every_profile_is_known_and_no_other() -> None:
    """Names of individuals that are spelt like codes are refused by this list."""
    every = {word for name in profile_names() for word in (load_profile(name).word, *load_profile(name).words)}
    assert every | {codes.ANY} == set(codes.KNOWN)


@pytest.mark.parametrize("name", profile_names())
def test_words_of_single_species_are_of_the_profiles_own_animals(name: str) -> None:
    profile = load_profile(name)
    listed = [one for names in profile.words.values() for one in names]
    assert set(listed) <= set(profile.species[: profile.own]) and len(listed) == len(set(listed))
    assert profile.word != codes.ANY or profile.words


@pytest.mark.parametrize("name", ["stripes", "spots_in_water"])
def test_where_a_profile_serves_many_nearly_every_name_of_its_animals_has_a_word(name: str) -> None:
    profile = load_profile(name)
    without = [one for one in profile.species if word(one, name) == codes.ANY]
    assert without == []


@pytest.mark.parametrize(
    ("species", "names", "expected"),
    [
        *[
            (one, ("leopard",), "leopard")
            for one in ("", "leopard", "jaguar", "Acinonyx jubatus", "animal", "unheard of")
        ],
        *[(one, ("tiger",), "tiger") for one in ("", "tiger", "Panthera tigris altaica", "animal")],
        *[(one, ("leopard", "tiger"), "tiger") for one in ("tiger", "Tigers", "Panthera tigris", "тигр")],
        *[(one, ("leopard", "tiger"), "leopard") for one in ("leopard", "", "Felidae")],
        *[(one, ("tiger", "snow_leopard"), "snow_leopard") for one in ("snow leopard", "Panthera uncia")],
        *[("Equus quagga burchellii", ("stripes",), "zebra"), ("Giraffes", ("stripes",), "giraffe")],
        *[("", ("stripes",), "individual"), ("bobcat", ("lynx",), "bobcat"), ("lynx", ("lynx",), "lynx")],
        *[("green turtle (Chelonia mydas)", ("spots_in_water", "leopard"), "turtle")],
    ],
)
def test_the_word_is_that_of_the_species_or_of_its_profile(species: str, names: tuple[str, ...], expected: str) -> None:
    assert word(species, *names) == expected


def test_a_profile_without_a_word_speaks_of_individuals(tmp_path: Path) -> None:
    (tmp_path / "cat.toml").write_text(LYNX.replace('code = "lynx"\n', "").replace("[codes]", "[nothing]"), "utf-8")
    assert (load_profile("cat", tmp_path).word, dict(load_profile("cat", tmp_path).words)) == ("individual", {})


@pytest.mark.parametrize("bad", ['code = "Lynx"', 'code = "lynx 2"', "code = 3", 'code = ""', 'code = "../lynx"'])
def test_a_word_that_is_none_is_refused(tmp_path: Path, bad: str) -> None:
    (tmp_path / "cat.toml").write_text(LYNX.replace('code = "lynx"', bad), "utf-8")
    with pytest.raises(BadRequestError, match="cat can't be read"):
        load_profile("cat", tmp_path)


@pytest.mark.parametrize("bad", ['bobcat = ["bobcat", 3]', '"Bob cat" = ["bobcat"]', 'bobcat = "bobcat"'])
def test_a_table_of_words_that_is_none_is_refused(tmp_path: Path, bad: str) -> None:
    (tmp_path / "cat.toml").write_text(LYNX.replace('bobcat = ["bobcat", "Lynx rufus", "lince rojo"]', bad), "utf-8")
    with pytest.raises(BadRequestError, match="cat can't be read"):
        load_profile("cat", tmp_path)
