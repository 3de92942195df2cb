"""Take in what another program recognised: a file is matched to the photographs, shown, and kept for the next run.

Looking writes nothing. The file is read entry by entry, and kept in pieces; in memory are the paths alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from spotid.errors import BadRequestError, NotFoundError
from spotid.intake import path_match, recognitions, scan, speciesnet
from spotid.intake.path_match import Matched
from spotid.intake.recognised import ANIMAL, PERSON, VEHICLE, Odd, Recognised, RecognisedBox
from spotid.project import media, recognised_rows
from spotid.project.folder import Project
from spotid.project.recognised_rows import Picture, Told

KEPT_AT_ONCE = 2000  # files of one transaction
NAMED = 60  # species that are told one by one
PIECE = 1 << 20


@dataclass(slots=True)
class Looked:
    """A file of recognitions as it was looked at, before anything is kept of it.

    ``boxes``: how many boxes of animals reach ``threshold``; ``empty``: pictures without any of them; ``people`` and
    ``vehicles``: boxes that are left out, as people and cars are no animals; ``species``: name → boxes or pictures.
    ``searched``: pictures here that were searched before, ``free`` of them those on which nothing of a person hangs.
    """

    path: str
    made_by: str = ""
    threshold: float = 0.2
    usual: float = 0.2
    pictures: int = 0
    found: int = 0
    boxes: int = 0
    empty: int = 0
    failed: int = 0
    people: int = 0
    vehicles: int = 0
    clips: int = 0
    species: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    searched: int = 0
    free: int = 0

    def shown(self) -> dict[str, Any]:
        """The look as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was kept: the collection's uid, of how many files, and of how many the boxes replace those of a search."""

    uid: str
    files: int
    replaced: int
    left: int  # files that were searched before and stay as they are


class _File:
    """One file, whichever of the formats it is in."""

    def __init__(self, path: Path, threshold: float | None) -> None:
        if not path.is_file():
            raise NotFoundError(f"There is no file “{path}”.", "Choose the .json file that the other program wrote.")
        self.path, self._threshold = path, threshold
        self.remarks: list[str] = []
        if threshold is not None and not 0 < threshold <= 1:
            raise BadRequestError("The threshold lies above 0 and is at most 1.", "0.2 suits most detectors.")
        try:
            self._own = speciesnet.is_speciesnet(path)
            self._about = None if self._own else recognitions.head(path)
        except OSError as error:
            raise BadRequestError(f"“{path.name}” can't be read: {error.strerror or error}.", "Copy it anew.") from None
        self.versions: set[str] = set()
        if self._about is not None:
            self.remarks += self._about.remarks

    @property
    def made_by(self) -> str:
        """The programs that made it."""
        return self._about.made_by if self._about else " ".join(("SpeciesNet", *sorted(self.versions)))

    @property
    def usual(self) -> float:
        """The threshold that its detector's authors advise."""
        return self._about.typical if self._about else speciesnet.TYPICAL

    @property
    def threshold(self) -> float:
        """The score that a box has to reach."""
        return self.usual if self._threshold is None else self._threshold

    def each(self, odd: Odd) -> Iterator[Recognised]:
        """Its pictures, one by one; boxes below the threshold are left out."""
        if self._about is None:
            yield from speciesnet.each(self.path, self.threshold, odd, self.versions, self.remarks)
        else:
            yield from recognitions.each(self.path, self._about, self.threshold, odd)

    def checksum(self) -> str:
        """What tells it from every other file."""
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
        return digest.hexdigest()


def look(project: Project, path: Path, threshold: float | None = None) -> Looked:
    """Look at a file of recognitions: what is in it, and which of the project's photographs are meant.

    Raises NotFoundError and BadRequestError; nothing is written.
    """
    return _looked(project, _File(path, threshold), listing_of(project))[0]


def _looked(project: Project, file: _File, listing: Mapping[int, Mapping[str, int]]) -> tuple[Looked, dict[str, int]]:
    odd, species, looked = Odd(), Counter[str](), Looked(str(file.path))
    paths: list[str] = []
    failed: set[str] = set()
    for one in file.each(odd):
        looked.pictures += 1
        paths.append(one.path)
        animals = [box for box in one.boxes if box.category == ANIMAL]
        looked.boxes += len(animals)
        looked.people += sum(box.category == PERSON for box in one.boxes)
        looked.vehicles += sum(box.category == VEHICLE for box in one.boxes)
        looked.failed += bool(one.failure)
        failed |= {one.path} if one.failure else set()
        looked.empty += not one.failure and not animals
        told = [name for box in animals if (name := name_of(box.species, box.taxon))]
        species.update(told or ([whole] if (whole := name_of(one.species, one.taxon)) else []))
    if not paths:
        raise BadRequestError(f"“{file.path.name}” holds no pictures.", "Choose another file.")
    looked.made_by, looked.threshold, looked.usual = file.made_by, file.threshold, file.usual
    looked.species = dict(species.most_common(NAMED))
    found, looked.said = matched(paths, listing)
    looked.found = len(found)
    clips = recognised_rows.clips(project.store)
    looked.clips = sum(row in clips for row in found.values())
    if looked.clips:
        looked.said.append(
            f"{looked.clips:,} of them are clips: SpotID takes still pictures out of clips and searches those itself."
        )
    looked.odd = file.remarks + odd.sentences()
    there = [row for path, row in found.items() if path not in failed and row not in clips]
    free, looked.searched = recognised_rows.searched_before(project.store, there)
    looked.free = len(free)
    return looked, found


def take(
    project: Project,
    path: Path,
    threshold: float | None = None,
    *,
    replace: bool = False,
    reviewer: str = "",
    source: Path | None = None,
) -> Taken:
    """Keep a file of recognitions: the next run uses it instead of searching the files that it names.

    Files that were searched before keep their boxes and learn the species alone; with ``replace`` those on which
    nothing of a person hangs get the boxes of the file. Doing it again changes nothing. ``source``: what the file is
    called in the list of imports. The files of the project must have been looked for (``collect.scan_roots``). Raises
    as ``look`` does, and where no picture is known here.
    """
    file = _File(path, threshold)
    looked, found = _looked(project, file, recognised_rows.listing(project.store))
    if not found:
        raise BadRequestError(
            f"Not one of the {looked.pictures:,} pictures in “{path.name}” is in this project.",
            "Check that the photographs are those that the other program was shown.",
        )
    said = f"{file.checksum()} {file.threshold}"
    report = {"said": looked.said, "odd": looked.odd, "made_by": looked.made_by, "threshold": looked.threshold}
    collection, uid = recognised_rows.begin(project.store, source or path.absolute(), said, report, reviewer)
    clips = recognised_rows.clips(project.store)
    batch: list[Picture] = []
    kept: list[int] = []
    for one in file.each(Odd()):
        row = found.get(one.path)
        picture = None if row is None or row in clips else _picture(row, one)
        if picture is not None:
            batch.append(picture)
            kept += [picture.media_id] if picture.boxes is not None else []
        if len(batch) == KEPT_AT_ONCE:
            recognised_rows.keep(project.store, collection, batch)
            batch = []
    recognised_rows.keep(project.store, collection, batch)
    recognised_rows.finish(project.store, collection)
    free, searched = recognised_rows.searched_before(project.store, kept)
    if replace:
        recognised_rows.search_again(project.store, free)
    replaced = len(free) if replace else 0
    return Taken(uid, len(kept), replaced, searched - replaced)


def name_of(species: str, taxon: str) -> str:
    """A species as it is kept: the common name, with the scientific one behind it where the file has both."""
    species, latin = " ".join(species.split()), taxon.strip()
    if ";" in latin:  # SpeciesNet's seven parts, or the ranks alone
        latin = speciesnet.names_of(latin)[1] if latin.count(";") == speciesnet.PARTS - 1 else ""
    if not species or not latin or latin.casefold() == species.casefold():
        return species
    return f"{species} ({latin})"


def _picture(row: int, one: Recognised) -> Picture | None:
    """What is kept of one file; None where nothing is told."""
    whole = name_of(one.species, one.taxon)
    if one.failure:
        return Picture(row, None, whole, one.species_score) if whole else None
    return Picture(row, tuple(_told(box) for box in one.boxes if box.category == ANIMAL), whole, one.species_score)


def _told(box: RecognisedBox) -> Told:
    return Told(box.box, box.score, name_of(box.species, box.taxon), box.species_score)


def matched(paths: list[str], listing: Mapping[int, Mapping[str, int]]) -> tuple[dict[str, int], list[str]]:
    """Path as the other program wrote it → row of the photograph; and what people are told of it.

    Where photographs lie in several folders of originals, a path that is found in more than one is left out.
    """
    found: dict[str, int] = {}
    twice: set[str] = set()
    of_roots: list[Matched] = []
    for files in listing.values():
        matched = path_match.match(paths, list(files))
        of_roots.append(matched)
        for path, relpath in matched.photographs.items():
            twice |= {path} & found.keys()
            found[path] = files[relpath]
    for path in twice:
        del found[path]
    if len(of_roots) == 1:
        return found, of_roots[0].sentences()
    total = len(set(paths))
    said = [f"{len(found):,} of {total:,} pictures ({len(found) / total:.0%}) were found among your photographs."]
    if twice:
        said.append(f"{len(twice):,} lie in more than one of your folders under the same path and were left out.")
    if total > len(found) + len(twice):
        said.append(f"{total - len(found) - len(twice):,} are not among them, or fit several equally well.")
    return found, said


def listing_of(project: Project) -> Mapping[int, Mapping[str, int]]:
    """The files of the project; where a folder of originals has not been looked through yet, those that lie there."""
    listing = dict(recognised_rows.listing(project.store))
    for root, folder in media.roots(project.store).items():
        if root not in listing and folder.is_dir():
            listing[root] = {found.relpath: -1 - at for at, found in enumerate(scan.walk(folder, scan.Told()))}
    return listing


def offered(project: Project, most: int = 12) -> list[Path]:
    """Files beside the photographs that look like recognitions, newest first: other programs put them there."""
    found: list[tuple[int, Path]] = []
    for folder in media.roots(project.store).values():
        for place in (folder, folder.parent):
            try:
                files = [one for one in place.glob("*.json") if one.is_file()]
                found += [(one.stat().st_mtime_ns, one) for one in files if _looks_right(one)]
            except OSError:
                continue
    return [path for _, path in sorted(dict.fromkeys(found), reverse=True)[:most]]


def _looks_right(path: Path) -> bool:
    """Whether a file's beginning or end is that of a file of recognitions."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
            file.seek(max(0, path.stat().st_size - 4096))
            text = start + file.read()
    except OSError:
        return False
    return any(mark in text for mark in (b'"detection_categories"', b'"detections"', b'"predictions"'))
