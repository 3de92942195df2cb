"""What an import will say of each file, once a person has settled where the collection contradicts itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from spotid.intake.listing import Listing
from spotid.intake.naming import same
from spotid.intake.sheet_parts import Reading, Understood, counted


@dataclass(frozen=True, slots=True)
class Planned:
    """What an import will say of one file; empty or None where nothing is said. ``lines``: of the sheet."""

    path: str
    kind: str
    name: str = ""
    flank: str = ""
    category: str = ""
    station: str = ""
    latitude: float | None = None
    longitude: float | None = None
    taken: str | None = None
    lines: tuple[int, ...] = ()
    shelf: str = ""  # "nobody" or "nothing" where the folder says so
    box: str = ""  # four fractions, parted by spaces
    remarks: tuple[str, ...] = ()  # cells of the line that could not be used


def doubles(files: Listing, planned: Sequence[Planned]) -> tuple[list[list[str]], list[list[str]]]:
    """Paths with the same bytes: under two individuals, and else; by checksum, where the listing has one."""
    own = {one.path: one for one in planned}
    alike: dict[tuple[int, str], list[str]] = defaultdict(list)
    for one in files.originals():
        if one.digest and one.bytes:
            alike[one.bytes, one.digest].append(one.path)
    twins: list[list[str]] = []
    twice: list[list[str]] = []
    for paths in alike.values():
        if len(paths) > 1:
            several = len({own[path].name for path in paths} - {""}) > 1
            boxes = [own[path].box for path in paths]
            apart = all(boxes) and len(set(boxes)) == len(boxes)  # two animals of one photograph are named
            (twins if several and not apart else twice).append(paths)
    return twins, twice


def spellings(names: Iterable[str]) -> list[list[str]]:
    """Names that differ by case, spaces, hyphens and underscores alone."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        alike[same(name)].append(name)
    return [several for several in alike.values() if len(several) > 1]


def choose(
    files: Listing, planned: Sequence[Planned], answers: Mapping[str, str]
) -> tuple[list[Planned], list[Understood]]:
    """The files as they will be written, and what was chosen where names contradict one another."""
    chosen = list(planned)
    understood: list[Understood] = []
    several = spellings(one.name for one in planned if one.name)
    if several:
        one_name = answers.get("spelling") == "one"
        counts = Counter(one.name for one in planned)
        best = {name: max(names, key=lambda name: counts[name]) for names in several for name in names}
        if one_name:
            chosen = [replace(one, name=best.get(one.name, one.name)) for one in chosen]
        examples = tuple((name, best[name]) for names in several for name in names if best[name] != name)[:3]
        readings = (
            Reading("several", "each spelling is an individual of its own"),
            Reading("one", "spellings of one name are one individual", examples),
        )
        sentence = f"{counted(len(several), 'name')} spelt in more than one way; {readings[one_name].sentence}."
        key = readings[one_name].key
        understood.append(Understood("spelling", sentence, key, examples, readings, asks=True))
    twins, _ = doubles(files, chosen)
    if twins:
        kept = answers.get("two names") == "as told"
        contradicted = {path for paths in twins for path in paths}
        if not kept:
            chosen = [replace(one, name="") if one.path in contradicted else one for one in chosen]
        readings = (
            Reading("none", "none of these photographs gets a name"),
            Reading("as told", "each copy belongs to the individual that it is told of"),
        )
        sentence = f"{counted(len(twins), 'photograph')} under more than one individual; {readings[kept].sentence}."
        understood.append(Understood("two names", sentence, readings[kept].key, (), readings, asks=True))
    return chosen, understood
