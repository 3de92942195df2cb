"""How animals of this survey roam, as its own confirmed animals tell; a note that every run makes anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from spotid.project import notes
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store

if TYPE_CHECKING:
    from spotid.movement.ranges import RangeModel

NOTE = "ranges"


def learnt(store: Store, scope: str = "") -> RangeModel | None:
    """The ranges that the last run learnt, of the animals of a ``scope``; None where it knew too few of them."""
    from spotid.movement.ranges import from_json

    try:
        return from_json(json.loads(notes.get(store, f"{NOTE} {scope}".strip(), "{}")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # nothing learnt, or a note of another release


def keep(store: Store, model: RangeModel | None, scope: str = "") -> None:
    """Remember what was learnt; None forgets it."""
    text = "{}" if model is None else json.dumps(model.to_json(), sort_keys=True)
    name = f"{NOTE} {scope}".strip()
    if notes.get(store, name, "{}") != text:
        notes.put(store, name, text)


def confirmed(store: Store) -> list[list[int]]:
    """The sightings (row ids, rising) of every individual that has two or more, by what people have answered."""
    groups: dict[int, list[int]] = {}
    for row in store.all(
        "SELECT individual_id, sighting.id FROM identity JOIN sighting ON sighting.uid = identity.sighting_uid"
        f" WHERE state NOT IN {OUT_SQL} ORDER BY individual_id, sighting.id"
    ):
        groups.setdefault(row["individual_id"], []).append(row["id"])
    return [group for group in groups.values() if len(group) > 1]
