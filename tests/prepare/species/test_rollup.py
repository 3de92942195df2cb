"""From the likeliest labels to names that count: sums up the ranks, countries, groups of the project's animals."""

from __future__ import annotations

from typing import Any

import pytest

from spotid.prepare.parts import Named
from spotid.prepare.species import rollup
from spotid.prepare.species.labels import groups, parsed
from spotid.profiles import load_profile
from spotid.profiles.names import Names
from tests.prepare.species.animals import LABELS, RULES, TAXA

LEOPARD, LION, SNOW, HYENA, ZEBRA, HUMAN, BLANK, VEHICLE = map(parsed, LABELS)
LISTED = {one.key: one for one in map(parsed, (*LABELS, *TAXA)) if one.latin}


def names(*likeliest: tuple[Any, float], country: str = "", ours: tuple[str, ...] = ()) -> list[Named]:
    return rollup.names(likeliest, LISTED, RULES, country, 0.65, groups(LISTED.values(), ours))


def counting(found: list[Named], least: float = 0.65) -> tuple[str, float] | None:
    one = next((one for one in found if one.score >= least), None)
    return None if one is None else (one.name, round(one.score, 4))


def test_a_sure_species_stands_by_itself() -> None:
    assert counting(names((LEOPARD, 0.9), (LION, 0.05))) == ("leopard (Panthera pardus)", 0.9)
    assert counting(names((HUMAN, 0.9))) == ("human", 0.9)
    assert counting(names((VEHICLE, 0.7))) == ("vehicle", 0.7)
    assert counting(names((BLANK, 0.995))) == ("", 0.995)


def test_unsure_ones_are_summed_up_the_ranks() -> None:
    assert counting(names((LEOPARD, 0.5), (LION, 0.3), (HYENA, 0.1))) == ("panthera species (Panthera)", 0.8)
    mixed = names((LEOPARD, 0.4), (HYENA, 0.3), (LION, 0.1), (ZEBRA, 0.1))
    assert counting(mixed) == ("carnivorous mammal (Carnivora)", 0.8)
    assert counting(names((ZEBRA, 0.4), (LEOPARD, 0.3))) == ("mammal (Mammalia)", 0.7)
    assert counting(names((BLANK, 0.5), (LEOPARD, 0.4))) is None
    assert names() == []


def test_animals_that_do_not_live_in_a_country_make_way() -> None:
    assert counting(names((LION, 0.9), country="KEN")) == ("lion (Panthera leo)", 0.9)
    assert counting(names((LION, 0.9), country="IND")) == ("lion (Panthera leo)", 0.9)  # of some of its regions
    assert counting(names((LION, 0.9), (HYENA, 0.05), country="USA")) == ("cat family (Felidae)", 0.9)
    assert counting(names((SNOW, 0.8), (LEOPARD, 0.1), country="KEN")) == ("cat family (Felidae)", 0.9)
    assert counting(names((SNOW, 0.8), country="USA")) == ("snow leopard (Panthera uncia)", 0.8)
    assert counting(names((SNOW, 0.4), (LEOPARD, 0.4), country="KEN")) == ("panthera species (Panthera)", 0.8)
    assert counting(names((HYENA, 0.4), (LEOPARD, 0.1), (LION, 0.3), country="BRA")) is not None
    assert counting(names((LION, 0.9))) == ("lion (Panthera leo)", 0.9)  # nobody said a country


def test_a_group_of_ours_is_marked() -> None:
    found = names((ZEBRA, 0.4), (LEOPARD, 0.3), ours=("zebra", "Equus quagga"))
    assert {one.name for one in found if one.wide} == {"equidae family (Equidae)", "mammal (Mammalia)"}
    assert not any(one.wide for one in names((ZEBRA, 0.4), (LEOPARD, 0.3), ours=("Loxodonta africana",)))


def test_what_is_said_means_the_right_thing_to_a_profile() -> None:
    ours = Names(load_profile("leopard").species).ours
    assert ours(LEOPARD.name) is True and ours("panthera species (Panthera)") is True
    assert ours("cat family (Felidae)") is True and ours("carnivorous mammal (Carnivora)") is True
    assert ours("mammal (Mammalia)") is None
    for name in (HYENA.name, "hyaenidae family (Hyaenidae)", "human", "vehicle", "homo species (Homo)"):
        assert ours(name) is False, name


@pytest.mark.parametrize("line", ["a;b", "a;b;c;d;e;f;g;h", ";;"])
def test_a_label_of_another_shape_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="7 parts"):
        parsed(line)
