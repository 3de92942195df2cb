"""The preview of an import: what was found, how it was understood and what is odd, before anything is written.

Pure functions over a listing, the layout that was told and the sheet that was read; the plan is plain data.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from spotid.intake import folder_roles as roles
from spotid.intake.layout import LAYOUTS, SHEET, Layout
from spotid.intake.listing import CLIP, PICTURE, Listed, Listing
from spotid.intake.naming import same, why_not_kept
from spotid.intake.plan_choices import Planned, choose
from spotid.intake.plan_odd import Oddity, oddities
from spotid.intake.sheet import NO_ANSWERS
from spotid.intake.sheet_parts import Refused, SheetRow, Understood, settled
from spotid.intake.sheet_paths import Placed


@dataclass(frozen=True, slots=True)
class Individual:
    """A named individual: what it is called, and its files. ``why_not``: why it can't have the name, or nothing."""

    name: str
    pictures: int
    clips: int
    left: int = 0
    right: int = 0
    stations: int = 0
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A station or a species, and its files."""

    name: str
    files: int


@dataclass(frozen=True, slots=True)
class Days:
    """The days that are told: first, last, how many; files with a day and without one."""

    first: str = ""
    last: str = ""
    days: int = 0
    files: int = 0
    without: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a person is shown before an import, and ``files``, what it will write. ``asks``: an answer is needed."""

    source: str
    layout: str
    sentence: str
    asks: bool
    pictures: int
    clips: int
    others: int
    bytes: int
    named: int
    individuals: list[Individual] = field(default_factory=list)
    stations: list[Counted] = field(default_factory=list)
    species: list[Counted] = field(default_factory=list)
    days: Days = Days()
    understood: list[Understood] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    files: list[Planned] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """The plan as plain data for a page, without the files one by one."""
        data = asdict(self)
        del data["files"]
        return data


def plan(files: Listing, layout: Layout, placed: Placed | None = None, answers: Mapping[str, str] = NO_ANSWERS) -> Plan:
    """The preview. ``placed``: the sheet, its rows found among the files, where the layout is ``sheet``.

    ``answers``: ``spelling`` ("several" or "one") and ``two names`` ("none" or "as told"), beside those that the layout
    and the sheet were told with.
    """
    inner = files.inside(layout.base) if layout.base else files
    placed = placed if layout.kind == SHEET else None
    rows = {row.file: row for row in placed.sheet.rows if row.file} if placed else {}
    planned = [_planned(one, layout, rows.get(one.path)) for one in inner.originals()]
    odd = oddities(inner, layout, planned, placed)
    planned, choices = choose(inner, planned, answers)
    understood = [
        Understood("layout", layout.sentence, layout.kind, readings=layout.readings, asks=layout.asks),
        *layout.understood,
        *(placed.sheet.interpretation if placed else []),
        *choices,
    ]
    understood = settled(understood, answers)
    return Plan(
        source=files.name,
        layout=layout.kind,
        sentence=f"{LAYOUTS[layout.kind][:1].upper()}{LAYOUTS[layout.kind][1:]}. {layout.sentence}",
        asks=any(one.asks for one in understood),
        pictures=sum(one.kind == PICTURE for one in inner.files),
        clips=sum(one.kind == CLIP for one in inner.files),
        others=len(inner.files) - len(planned) - bool(layout.sheet),
        bytes=sum(one.bytes for one in inner.originals()),
        named=sum(bool(one.name) for one in planned),
        individuals=_individuals(planned),
        stations=_counted(one.station for one in planned),
        species=_counted(one.category for one in planned),
        days=_days(planned),
        understood=understood,
        oddities=odd,
        refused=list(placed.sheet.refused) if placed else [],
        files=planned,
    )


def _planned(one: Listed, layout: Layout, row: SheetRow | None) -> Planned:
    said = layout.files.get(one.path)
    if layout.kind != SHEET:
        if said is None:
            return Planned(one.path, one.kind)
        shelf = said.role if said.role in (roles.NOBODY, roles.NOTHING) and layout.kind != "unsorted" else ""
        return Planned(one.path, one.kind, said.name, said.flank, station=said.station, shelf=shelf)
    if row is None:
        return Planned(one.path, one.kind, station=said.station if said else "")
    return Planned(
        *(one.path, one.kind, row.name, row.flank, row.category),
        station=row.locality or (said.station if said else ""),
        latitude=row.latitude,
        longitude=row.longitude,
        taken=row.taken,
        lines=(row.line, *row.also),
        box=row.box,
        remarks=row.remarks,
    )


def _individuals(planned: list[Planned]) -> list[Individual]:
    """Every named individual, by name."""
    own: dict[str, list[Planned]] = defaultdict(list)
    for one in planned:
        if one.name:
            own[one.name].append(one)
    return [
        Individual(
            name,
            pictures=sum(one.kind == PICTURE for one in its),
            clips=sum(one.kind == CLIP for one in its),
            left=sum(one.flank == "left" for one in its),
            right=sum(one.flank == "right" for one in its),
            stations=len({one.station for one in its} - {""}),
            why_not=why_not_kept(name),
        )
        for name, its in sorted(own.items(), key=lambda item: (same(item[0]), item[0]))
    ]


def _counted(words: Any) -> list[Counted]:
    return [Counted(name, count) for name, count in sorted(Counter(word for word in words if word).items())]


def _days(planned: list[Planned]) -> Days:
    told = sorted(one.taken[:10] for one in planned if one.taken)
    if not told:
        return Days(without=len(planned))
    return Days(told[0], told[-1], len(set(told)), len(told), len(planned) - len(told))


def by_name(found: Plan) -> Mapping[str, list[Planned]]:
    """Individual → its files, as an import writes them: the first one is what the others are assigned to."""
    own: dict[str, list[Planned]] = defaultdict(list)
    for one in found.files:
        if one.name:
            own[one.name].append(one)
    return dict(own)
