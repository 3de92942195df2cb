"""What is odd in a collection that is about to be imported, each kind with a sentence and examples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from spotid.intake import folder_roles as roles
from spotid.intake.layout import SORTED, Layout
from spotid.intake.listing import OTHER, Listing
from spotid.intake.naming import why_not_kept
from spotid.intake.plan_choices import Planned, doubles, spellings
from spotid.intake.sheet import is_sheet_name
from spotid.intake.sheet_parts import counted, quoted
from spotid.intake.sheet_paths import Placed

MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something to look at. ``asks``: a contradiction, which nobody but a person can settle."""

    kind: str
    sentence: str
    examples: tuple[str, ...] = ()
    asks: bool = False


def oddities(files: Listing, layout: Layout, planned: Sequence[Planned], placed: Placed | None) -> list[Oddity]:
    """All that is odd, contradictions first."""
    found: list[Oddity] = []

    def add(kind: str, examples: list[str], sentence: Callable[[int], str], asks: bool = False) -> None:
        if examples:
            found.append(Oddity(kind, sentence(len(examples)), tuple(examples[:MOST_EXAMPLES]), asks))

    twins, twice = doubles(files, planned)
    add(
        *("two names", [" = ".join(paths) for paths in twins]),
        lambda count: f"{counted(count, 'photograph')} under more than one individual: it can be only one of them.",
        True,
    )
    names = Counter(one.name for one in planned if one.name)
    add(
        *("spelling", [quoted(several) for several in spellings(names)]),
        lambda count: f"{counted(count, 'name')} spelt in more than one way.",
        True,
    )
    add(
        *("two places", _two_places(layout)),
        lambda count: f"{counted(count, 'individual')} with folders in more than one place; they become one.",
        True,
    )
    add("names", [why for name in names if (why := why_not_kept(name))], lambda n: f"{counted(n, 'name')} not kept.")
    add(
        *("one picture", [name for name, count in sorted(names.items()) if count == 1]),
        lambda count: f"{counted(count, 'individual')} with one file only: nothing can be checked against it.",
    )
    add(
        "twice",
        [" = ".join(paths) for paths in twice],
        lambda count: f"{counted(count, 'photograph')} there more than once, under other names.",
    )
    add(
        "empty files",
        [one.path for one in files.originals() if not one.bytes],
        lambda n: f"{counted(n, 'file')} empty.",
    )
    mixed = [one.path for one in planned if not one.name and not one.shelf and "/" not in one.path]
    if layout.kind == SORTED:
        add("beside", mixed, lambda n: f"{counted(n, 'file')} beside the folders of individuals; they name nobody.")
    sheets = [one.path for one in files.files if one.kind == OTHER and is_sheet_name(PurePosixPath(one.path).name)]
    add("sheet below", sheets, lambda n: f"{counted(n, 'sheet')} not in the root and not read.")
    if placed is not None:
        found += _of_sheet(placed)
    return sorted(found, key=lambda one: not one.asks)


def _of_sheet(placed: Placed) -> list[Oddity]:
    found = []
    if placed.unnamed:
        sentence = f"{counted(len(placed.unnamed), 'file')} that no line of the sheet names; nothing is known of them."
        found.append(Oddity("not named", sentence, tuple(placed.unnamed[:MOST_EXAMPLES])))
    remarks = [f"Line {row.line}: {remark}" for row in placed.sheet.rows for remark in row.remarks]
    if remarks:
        sentence = f"{counted(len(remarks), 'cell')} of lines that are used can't be used."
        found.append(Oddity("cells", sentence, tuple(remarks[:MOST_EXAMPLES])))
    where: dict[str, set[tuple[float, float]]] = defaultdict(set)
    for row in placed.sheet.rows:
        if row.locality and row.latitude is not None and row.longitude is not None:
            where[row.locality].add((round(row.latitude, 4), round(row.longitude, 4)))
    several = [f"{name}: {len(spots)} places" for name, spots in sorted(where.items()) if len(spots) > 1]
    if several:
        sentence = f"{counted(len(several), 'station')} with more than one place."
        found.append(Oddity("moving stations", sentence, tuple(several[:MOST_EXAMPLES])))
    return found


def _two_places(layout: Layout) -> list[str]:
    if layout.kind != SORTED:
        return []
    where: dict[str, list[str]] = defaultdict(list)
    for one in layout.folders:
        if one.role == roles.INDIVIDUAL:
            where[one.name].append(one.path)
    return [quoted(paths) for paths in where.values() if len(paths) > 1]
