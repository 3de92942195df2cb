"""The table of individuals: one row for each, with what people said of it and who joined its two flanks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spotid.project import histories, individuals
from spotid.project.folder import Project


def animal_lines(project: Project, conflicts: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The rows of ``individuals.csv``, in order of codes; ``conflicts``: sightings that answers contradict."""
    store = project.store
    linked = _linked(project)
    contradicted = set(individuals.numbers_of(store, sorted(conflicts)).values())
    for one in individuals.animals(store):
        left, right = one.shelves["left"], one.shelves["right"]
        yield {
            "individual": one.code,
            "name": one.name,
            "sex": one.facts.get("sex", ""),
            "age": one.facts.get("age", ""),
            "sightings": one.count,
            "left": left,
            "right": right,
            "flanks": "both" if left and right else "left" if left else "right" if right else "",
            "linked": linked.get(one.number, ""),
            "first": one.first,
            "last": one.last,
            "stations": "; ".join(one.stations),
            "notes": one.facts.get("notes", ""),
            "conflict": "yes" if one.number in contradicted else "",
        }


def _linked(project: Project) -> dict[int, str]:
    """Individual number → who linked its flanks, with the row of the answer; only links that join it still."""
    told = histories.links(project.store)
    number = individuals.numbers_of(project.store, sorted({uid for one in told for uid in (one.a, one.b) if uid}))
    linked: dict[int, list[str]] = {}
    for one in told:
        ours = number.get(one.a or "")
        if ours is not None and ours == number.get(one.b or ""):
            linked.setdefault(ours, []).append(f"{one.reviewer} (row {one.row})".strip())
    return {animal: ", ".join(texts) for animal, texts in linked.items()}
