"""Which of three ways a collection is kept in: unsorted, one folder per individual, or described by a sheet.

It is told with the reason and the counts, and where two ways are possible, a person is asked: a station's folder taken
for an individual would make one animal of all that walked by.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from spotid.codes import KNOWN
from spotid.intake import folder_roles as roles
from spotid.intake import stations as places
from spotid.intake.folder_roles import FolderSeen
from spotid.intake.listing import OTHER, Listing
from spotid.intake.listing import SHEET as SHEET_FILE
from spotid.intake.naming import spelt
from spotid.intake.sheet import NO_ANSWERS, is_table_name
from spotid.intake.sheet_parts import Reading, Understood, counted, quoted, settled

UNSORTED, SORTED, SHEET = "unsorted", "sorted", "sheet"
LAYOUTS = {
    UNSORTED: "pictures and clips of individuals that nobody has told apart yet",
    SORTED: "one folder for each known individual",
    SHEET: "a sheet that says what each file is",
}
FEW = 60  # pictures: known individuals rarely have more, stations nearly always
_CODED = re.compile(rf"(cat|f|m|u|id|ind|indiv|pp|{'|'.join(KNOWN)})[-_ ]?\d+\w?", re.I)


@dataclass(frozen=True, slots=True)
class FileSaid:
    """What the folders say of one file: the individual's name, the side, the station; empty where they say nothing."""

    name: str = ""
    flank: str = ""
    station: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a collection is kept. ``base``: the one folder that all lies in, as in a ZIP of a folder; or nothing.

    ``asks``: two ways are possible, and a person has to say. ``files``: path from the base on → what its folders say.
    """

    kind: str
    sentence: str
    asks: bool
    base: str = ""
    sheet: str = ""  # the sheet's name, from the base on
    readings: tuple[Reading, ...] = ()
    folders: list[FolderSeen] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)
    files: dict[str, FileSaid] = field(default_factory=dict)


def tell(files: Listing, known_stations: Collection[str] = (), answers: Mapping[str, str] = NO_ANSWERS) -> Layout:
    """Tell the layout. ``answers``: ``layout`` (a key of ``LAYOUTS``), ``sheet`` (which of several), and
    "folder:``path``" (a role of ``folder_roles.ROLES``, for one folder)."""
    base = _base(files)
    inner = files.inside(base) if base else files
    sheets = [one.path for one in inner.files if one.kind == SHEET_FILE]
    tables = [one.path for one in inner.files if one.kind == OTHER and is_table_name(one.path)]
    folders = roles.look(inner, known_stations, answers)
    kind, sentence, asks = _sorted_or_not(inner, folders)
    possible = [key for key in (UNSORTED, SORTED) if key == UNSORTED or folders]
    if sheets:
        kind, asks = SHEET, len(sheets) > 1
        sentence = f"“{sheets[0]}” lies in the root" + (f", and so does {quoted(sheets[1:])}." if asks else ".")
        possible.append(SHEET)
    named = answers.get("sheet", "")
    if not sheets and tables:
        sentence += f" A table lies in the root, and may say what each file is: {quoted(tables)}."
        possible.append(SHEET)
        if named in tables:
            kind, asks = SHEET, False
            sentence = f"You said: “{named}” says what each file is."
        else:
            asks = asks or bool(folders)
    if answers.get("layout") in possible:
        kind, asks = answers["layout"], False
        sentence = f"You said: {LAYOUTS[kind]}."
    readings = tuple(Reading(key, LAYOUTS[key]) for key in possible)
    chosen = named if named in (*sheets, *tables) else next(iter((*sheets, *tables)), "")
    said = _said(inner, folders, kind)
    understood = settled(_understood(folders, answers), answers) if kind == SORTED else []
    if kind == SHEET and len(sheets) + len(tables) > 1:
        understood.append(_which(chosen, [*sheets, *tables]))
    return Layout(kind, sentence, asks, base, chosen if kind == SHEET else "", readings, folders, understood, said)


def _base(files: Listing) -> str:
    """The one folder in which everything lies and that has folders or a sheet itself; it is called after the ZIP."""
    base = ""
    while True:
        inner = files.inside(base) if base else files
        tops = {one.path.split("/")[0] for one in inner.files}
        if len(tops) != 1 or any("/" not in one.path for one in inner.files):
            return base
        below = inner.inside(next(iter(tops)))
        deep = any("/" in one.path for one in below.originals())
        if not deep and not any(one.kind == SHEET_FILE for one in below.files):
            return base
        if roles.role_of(next(iter(tops)), (), "")[0] == roles.INDIVIDUAL and all(
            roles.role_of(one.path.split("/")[0], (), roles.INDIVIDUAL)[0] == roles.FLANK
            for one in below.originals()
            if "/" in one.path
        ):
            return base if not any(one.kind == SHEET_FILE for one in below.files) else f"{base}/{tops.pop()}".strip("/")
        base = f"{base}/{tops.pop()}".strip("/")


def _sorted_or_not(files: Listing, folders: list[FolderSeen]) -> tuple[str, str, bool]:
    """(layout, why, whether to ask), by the folders alone."""
    originals = len(files.originals())
    if not folders:
        return UNSORTED, f"{counted(originals, 'file')} in one folder, without folders for individuals.", False
    by_role = Counter(one.role for one in folders)
    animals = [one for one in folders if one.role == roles.INDIVIDUAL]
    if not animals:
        kinds = ", ".join(f"{count} × {roles.ROLES[role]}" for role, count in by_role.most_common())
        return UNSORTED, f"No folder is called after an individual ({kinds}).", by_role[roles.STATION] > 0
    pro, contra = _evidence(files, folders, animals)
    some = quoted([one.name for one in animals])
    told = f"{counted(len(animals), 'folder')} may be called after individuals: {some}."
    if pro and len(pro) > len(contra):
        return (
            SORTED,
            f"{told} For it: {'; '.join(pro)}." + (f" Against it: {'; '.join(contra)}." if contra else ""),
            True,
        )
    why = f" Against it: {'; '.join(contra)}." if contra else " Nothing tells whether they are individuals or stations."
    return UNSORTED, told + why + (f" For it: {'; '.join(pro)}." if pro else ""), True


def _evidence(files: Listing, folders: list[FolderSeen], animals: list[FolderSeen]) -> tuple[list[str], list[str]]:
    paths = {one.path for one in animals}
    pro, contra = [], []
    under: dict[str, set[str]] = defaultdict(set)
    for one in folders:
        under[one.role] |= {str(above) for above in PurePosixPath(one.path).parents if str(above) in paths}
    if under[roles.FLANK]:
        pro.append(f"{counted(len(under[roles.FLANK]), 'folder')} divided into left and right sides")
    if any(one.role in (roles.NOBODY, roles.NOTHING) for one in folders):
        beside = [one.name for one in folders if one.role in (roles.NOBODY, roles.NOTHING)]
        pro.append(f"beside them lies {quoted(beside)}")
    if 2 * sum(bool(_CODED.fullmatch(one.name)) for one in animals) > len(animals):
        pro.append("most are spelt like individuals")
    several = _several_stations(files, paths)
    if several:
        pro.append(f"the files of {counted(several, 'folder')} name more than one station")
    counts = sorted(one.pictures + one.clips for one in animals)
    if len(animals) > 1 and counts[len(counts) // 2] <= FEW:
        pro.append(f"half of them have at most {counted(counts[len(counts) // 2], 'file')}")
    elif counts[len(counts) // 2] > 5 * FEW:
        contra.append(f"half of them have {counts[len(counts) // 2]:,} files or more")
    for role, what in ((roles.CARD, "memory cards"), (roles.DAY, "days")):
        if 2 * len(under[role]) > len(animals):
            contra.append(f"{counted(len(under[role]), 'folder')} divided into {what}")
    named = [one.name for one in folders if one.role == roles.STATION and "/" not in one.path]
    if named:
        contra.append(f"beside them lie stations: {quoted(named)}")
    return pro, contra


def _several_stations(files: Listing, paths: Collection[str]) -> int:
    found: dict[str, set[str]] = defaultdict(set)
    for one in files.originals():
        for above in PurePosixPath(one.path).parents:
            if str(above) in paths:
                place = places.place(PurePosixPath(one.path).name, places.AUTO, None)
                if place.by == "name":
                    found[str(above)].add(place.station)
    return sum(len(stations) > 1 for stations in found.values())


def _said(files: Listing, folders: list[FolderSeen], kind: str) -> dict[str, FileSaid]:
    """What the folders of each file say; names only where folders are individuals."""
    role = {one.path: one.role for one in folders}
    said: dict[str, FileSaid] = {}
    for one in files.originals():
        parts = one.path.split("/")[:-1]
        name = flank = station = told = ""
        for end, part in enumerate(parts, 1):
            here = role.get("/".join(parts[:end]), "")
            if here in (roles.INDIVIDUAL, roles.NOBODY, roles.NOTHING):
                name, told = (spelt(part) if here == roles.INDIVIDUAL else ""), here
            elif here == roles.FLANK:
                flank = roles.flank_of(part, parts[end - 2] if end > 1 else "") or flank
            elif here == roles.STATION:
                station = part
        if kind != SORTED:
            name, flank = "", ""
        said[one.path] = FileSaid(name, flank, station, told)
    return said


def _which(chosen: str, tables: list[str]) -> Understood:
    readings = tuple(Reading(name, f"the sheet “{name}”") for name in tables)
    return Understood("sheet", f"“{chosen}” is read; other tables lie in the root too.", chosen, readings=readings)


def _understood(folders: list[FolderSeen], answers: Mapping[str, str]) -> list[Understood]:
    """A question for each folder that may be something else than an individual; the others are one entry together.

    What was answered stays in the list, so that it can be answered otherwise.
    """
    told = [one for one in folders if one.role == roles.INDIVIDUAL]
    found = [
        Understood(
            "folders", f"{counted(len(told), 'folder')} taken for individuals: {quoted([o.name for o in told])}."
        )
    ]
    for one in folders:
        if not one.odd and f"folder:{one.path}" not in answers:
            continue
        sentence = f"“{one.path}” ({counted(one.pictures + one.clips, 'file')}) was taken for {roles.ROLES[one.role]}."
        readings = tuple(Reading(key, text) for key, text in roles.ROLES.items())
        found.append(Understood(f"folder:{one.path}", sentence, one.role, readings=readings, asks=one.odd))
    return found
