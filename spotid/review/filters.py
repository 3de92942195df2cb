"""Which pictures a reviewer wants to be asked about: by station, day, species, side and quality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from spotid.errors import BadRequestError
from spotid.review.sides import Sides
from spotid.review.visits import Seen
from spotid.words import Flank

NAMES = ("station", "from", "to", "species", "flank", "quality")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """What a picture must be like; what is empty is not asked for. ``first`` and ``last`` are days, both included.

    A picture without a day passes no filter of days, one without a quality none of quality. A side is the one that a
    person said or the program thinks most likely.
    """

    station: str = ""
    first: str = ""
    last: str = ""
    species: str = ""
    flank: str = ""
    quality: float = 0.0

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def told(self) -> dict[str, Any]:
        """The filters that are set, by the names that the page uses."""
        values = (self.station, self.first, self.last, self.species, self.flank, self.quality)
        return {name: value for name, value in zip(NAMES, values, strict=True) if value}

    def passes(self, seen: Mapping[str, Seen], sides: Sides) -> Callable[[str], bool]:
        """Whether one picture is like that."""

        def test(uid: str) -> bool:
            one = seen.get(uid)
            if one is None:
                return False
            day = (one.captured_at or "")[:10]
            return not (
                (self.station and one.station != self.station)
                or (self.first and day < self.first)
                or (self.last and not ("" < day <= self.last))
                or (self.species and one.species != self.species)
                or (self.flank and sides.side(uid).flank != self.flank)
                or (self.quality and (one.quality is None or one.quality < self.quality))
            )

        return test


NONE = Filters()


def read(said: Mapping[str, Any]) -> Filters:
    """Filters as the page names them. Raises BadRequestError with a sentence for what can't be one."""
    values = {name: said.get(name) for name in NAMES}
    texts = {name: _text(name, values[name]) for name in NAMES if name != "quality"}
    for name in ("from", "to"):
        texts[name] = _day(texts[name])
    if texts["from"] and texts["to"] and texts["to"] < texts["from"]:
        raise BadRequestError("The last day is before the first.", "Choose other days.")
    if texts["flank"] and texts["flank"] not in set(Flank):
        raise BadRequestError("There is no such side.", "Choose one of the sides in the list.")
    days = (texts["from"], texts["to"])
    return Filters(texts["station"], *days, texts["species"], texts["flank"], _quality(values["quality"]))


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value or not value.isprintable():
        raise BadRequestError(f"This can't be asked for as “{name}”.", "Choose from the list.")
    return value.strip()


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat() if value else ""
    except ValueError:
        raise BadRequestError("This is no day of the calendar.", "Write days like 2026-03-31.") from None


def _quality(value: Any) -> float:
    try:
        quality = float(value) if value not in (None, "") and not isinstance(value, bool) else 0.0
    except (TypeError, ValueError, OverflowError):
        quality = -1.0
    if not 0 <= quality <= 1:
        raise BadRequestError("A quality is a number from 0 to 1.", "Choose another one.")
    return quality


def choices(seen: Mapping[str, Seen], sides: Sides) -> dict[str, Any]:
    """What there is to choose from, with how many pictures each has."""
    days = sorted(one.captured_at[:10] for one in seen.values() if one.captured_at)
    return {
        "stations": _counted(one.station for one in seen.values() if one.station),
        "species": _counted(one.species for one in seen.values() if one.species),
        "flanks": _counted(sides.side(uid).flank.value for uid in seen),
        "first": days[0] if days else None,
        "last": days[-1] if days else None,
    }


def _counted(names: Iterable[str]) -> list[dict[str, Any]]:
    return [{"name": name, "count": count} for name, count in sorted(Counter(names).items())]
