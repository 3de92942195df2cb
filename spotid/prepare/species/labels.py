"""Labels of classifiers as people read them, and the ranks of animals: class, order, family, genus, species.

A label of SpeciesNet is seven parts with semicolons between: a number, the five ranks in lower case, and the common
name; parts that are not told are empty (README and taxonomy_utils.py of google/cameratrapai).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

RANKS = 5
BLANK = frozenset({"blank", "empty", "nothing", "none", "background", "no cv result", "vide"})
PEOPLE = frozenset({"human", "person", "people", "homo sapiens", "humain"})
VEHICLES = frozenset({"vehicle", "car", "vehicule", "véhicule"})
NO_NAME = frozenset({"animal", "unknown", "other", ""})


@dataclass(frozen=True, slots=True)
class Label:
    """One label: the ranks from the class down, in lower case, each "" where it is not told, and the common name."""

    ranks: tuple[str, str, str, str, str]
    common: str

    @property
    def name(self) -> str:
        """For people: "leopard (Panthera pardus)", "cat family (Felidae)", "human", "" for an empty picture."""
        latin = self.latin
        if latin == "Homo sapiens":
            return "human"
        common = plain(self.common)
        if not latin or not common or common.casefold() == latin.casefold():
            return common or latin
        return f"{common} ({latin})"

    @property
    def latin(self) -> str:
        """The scientific name of the species, else of the lowest rank told."""
        genus, species = self.ranks[3], self.ranks[4]
        if genus and species:
            return f"{genus.capitalize()} {species}"
        return next((one.capitalize() for one in reversed(self.ranks[:4]) if one), "")

    @property
    def key(self) -> str:
        """The ranks with semicolons between, as the lists of taxa and of countries name them."""
        return ";".join(self.ranks)

    def group(self, rank: int) -> str:
        """The key of its group at ``rank``, 0 the class to 3 the genus; "" where that rank is not told."""
        return ";".join((*self.ranks[: rank + 1], *[""] * (RANKS - rank - 1))) if self.ranks[rank] else ""


def plain(label: str) -> str:
    """A label as a name: "human" and "vehicle" for all their words, "" for those that say nothing."""
    name = " ".join(label.replace("_", " ").split())
    folded = name.casefold()
    if folded in BLANK or folded in NO_NAME:
        return ""
    if folded in PEOPLE:
        return "human"
    return "vehicle" if folded in VEHICLES else name


def parsed(line: str) -> Label:
    """A label of seven parts, or a plain name. Raises ValueError for another number of parts."""
    parts = [part.strip() for part in line.split(";")]
    if len(parts) == 1:
        return Label(("",) * RANKS, parts[0])  # type: ignore[arg-type]
    if len(parts) != RANKS + 2:
        raise ValueError(f"a label has 7 parts, not {len(parts)}: {line[:80]}")
    ranks = tuple("" if part.lower() == "no cv result" else part.lower() for part in parts[1 : RANKS + 1])
    return Label(ranks, parts[RANKS + 1])  # type: ignore[arg-type]


def groups(labels: Iterable[Label], names: Iterable[str]) -> frozenset[str]:
    """The keys of all groups (genus, family, order, class) that the animals called ``names`` belong to.

    A name is found by its scientific name, or by its common one, whatever the case.
    """
    wanted = {" ".join(one.split()).casefold() for one in names} - {""}
    found = set[str]()
    for label in labels:
        if label.latin.casefold() in wanted or label.common.casefold() in wanted:
            found |= {group for rank in range(4) if (group := label.group(rank))}
    return frozenset(found)
