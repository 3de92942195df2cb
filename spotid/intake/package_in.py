"""Take in a Camtrap DP package: stations, deployments with their clocks' zones, times, boxes, species, individuals.

Looking writes nothing. The photographs lie in the package, or in a folder that the person gives.
"""

from __future__ import annotations

import zipfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from spotid.boxes import WHOLE
from spotid.errors import BadRequestError, SpotIDError
from spotid.intake import camtrapdp, camtrapdp_who, datapackage, recognising, source
from spotid.intake.camtrapdp_parts import Deployment, Observation, Package, on_clock
from spotid.intake.collect import scan_roots
from spotid.intake.stations import AUTO
from spotid.progress import Progress, Silent
from spotid.project import clocks, collection_facts, collections, media, package_rows, recognised_rows
from spotid.project.collections import Row
from spotid.project.folder import Project
from spotid.project.recognised_rows import Picture, Told

KIND = "package"
UNPACK_MB = 200_000
OWN_SHARE = 0.75  # of a folder's files that a package names; it may leave out what nobody looked at
UNSAID = frozenset({"unknown", "unclassified"})


@dataclass(slots=True)
class Looked:
    """A package as it was looked at. ``files``: those that it names; ``found``: those that are in the project."""

    path: str
    title: str = ""
    stations: int = 0
    deployments: int = 0
    files: int = 0
    found: int = 0
    boxes: int = 0
    individuals: int = 0
    named: int = 0
    species: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """The look as plain data."""
        return asdict(self)


def is_package(path: Path) -> bool:
    """Whether a folder, ZIP or datapackage.json is a Camtrap DP package; nothing but its list of files is read."""
    if path.is_file() and path.name != datapackage.DESCRIPTION and not zipfile.is_zipfile(path):
        return False
    try:
        with datapackage.Place(path) as place:
            tables = place.has("deployments.csv") or place.has("deployments.csv.gz")
            return place.has(datapackage.DESCRIPTION) and (tables or "camtrap" in str(datapackage.description(place)))
    except (SpotIDError, OSError):
        return False


def look_package(project: Project | None, path: Path) -> Looked:
    """Look at a package: what is in it, and which of the project's files are meant. Raises as ``camtrapdp.read``."""
    return _looked(project, path, camtrapdp.read(path))[0]


def _looked(
    project: Project | None, path: Path, package: Package
) -> tuple[Looked, dict[str, int], list[camtrapdp_who.Named]]:
    named, doubts = camtrapdp_who.individuals(package)
    wanted = {one.uid: one.name if "://" in one.path else one.path or one.name for one in package.media}
    listing = recognising.listing_of(project) if project is not None else {}
    rows, said = recognising.matched(list(wanted.values()), listing) if listing else ({}, [])
    found = {uid: rows[name] for uid, name in wanted.items() if name in rows}
    species: dict[str, int] = defaultdict(int)
    for one in package.observations:
        if one.kind == "animal" and one.species:
            species[one.species] += 1
    looked = Looked(
        *(str(path), package.title, len(package.stations), len(package.deployments), len(package.media), len(found)),
        boxes=sum(one.box is not None and one.kind == "animal" for one in package.observations),
        individuals=len({one.individual for one in named}),
        named=len(named),
        species=dict(sorted(species.items(), key=lambda pair: -pair[1])),
        said=said,
        odd=package.remarks + doubts,
    )
    return looked, found, named


def take_package(
    project: Project,
    path: Path,
    reviewer: str = "",
    *,
    images: Path | None = None,
    progress: Progress | None = None,
) -> str:
    """Take a package in; the uid of its collection. Doing it again changes nothing and gives the same uid.

    ``images``: the folder or ZIP of the photographs, where they are not in the package and not in the project yet. The
    next run reads the files, takes the boxes and species in the place of a search, and follows the names of individuals
    as of any other collection. Raises as ``look_package``, and BadRequestError where no file of the package is known.
    """
    package, progress = camtrapdp.read(path), progress or Silent()
    if images is None and not media.roots(project.store):
        images = path.parent if path.name == datapackage.DESCRIPTION else path
    if images is not None:
        source.take(project, source.checked(images, project.path, AUTO), AUTO)
    source.unpack_pending(project, progress, UNPACK_MB)
    scan_roots(project, progress)
    looked, found, named = _looked(project, path, package)
    if not found:
        raise BadRequestError(
            f"Not one of the {looked.files:,} files of the package is among the photographs.",
            "Say in which folder its photographs lie.",
        )
    report: dict[str, Any] = {"said": looked.said, "odd": looked.odd, "title": looked.title}
    where = _places_of(project)
    said = [(where[row][0], line) for row, line in _rows(package, found, named, where)]
    root = _root_of(found, where)
    if root is not None:  # its folders are called as the package likes, not after stations
        report[collections.FROM_FOLDERS] = False
    uid, _ = collections.keep(project.store, KIND, path.absolute(), said, root=root, report=report, reviewer=reviewer)
    package_rows.keep_recognised(project.store, uid, _pictures(package, found))
    _hang(project, package, found)
    collection_facts.apply_facts(project.store)
    if package_rows.files_read(project.store):
        clocks.settle(project.store)
    return uid


def _hang(project: Project, package: Package, found: Mapping[str, int]) -> None:
    """Stations, deployments, and which file belongs to which."""
    places = [package_rows.Place(one.name, one.latitude, one.longitude) for one in package.stations]
    package_rows.keep_places(project.store, places)
    rows = package_rows.keep_deployments(project.store, [_hung(one) for one in package.deployments])
    package_rows.pin(
        project.store,
        [
            (found[one.uid], rows[one.deployment])
            for one in package.media
            if one.uid in found and one.deployment in rows
        ],
    )


def _hung(one: Deployment) -> package_rows.Hung:
    offset = one.zone.utcoffset(None) if one.zone is not None else None
    minutes = None if offset is None else round(offset.total_seconds() / 60)
    starts, ends = on_clock(one.starts_at, one.zone), on_clock(one.ends_at, one.zone)
    return package_rows.Hung(one.uid, one.station, one.camera, starts, ends, minutes)


def _places_of(project: Project) -> dict[int, tuple[int, str]]:
    """Row of a file → (root, path below it)."""
    listing = recognised_rows.listing(project.store)
    return {row: (root, relpath) for root, files in listing.items() for relpath, row in files.items()}


def _root_of(found: Mapping[str, int], where: Mapping[int, tuple[int, str]]) -> int | None:
    """The folder of originals that is the package's: nearly all that lies there is named in it."""
    there, named = Counter(root for root, _ in where.values()), Counter(where[row][0] for row in found.values())
    root, count = named.most_common(1)[0]
    return root if len(named) == 1 and count >= OWN_SHARE * there[root] else None


def _rows(
    package: Package,
    found: Mapping[str, int],
    named: list[camtrapdp_who.Named],
    where: Mapping[int, tuple[int, str]],
) -> list[tuple[int, Row]]:
    """What the package says of its files, as rows of a collection: one for each individual in a file, else one."""
    stations = {one.uid: one.station for one in package.deployments}
    who: dict[str, list[camtrapdp_who.Named]] = defaultdict(list)
    for one in named:
        who[one.medium.uid].append(one)
    rows = []
    for medium in package.media:
        if medium.uid not in found:
            continue
        row = found[medium.uid]
        base = Row(where[row][1], station=stations.get(medium.deployment, ""), taken=medium.captured_at)
        rows += [(row, _named(base, seen)) for seen in who.get(medium.uid, ())] or [(row, base)]
    return rows


def _named(base: Row, seen: camtrapdp_who.Named) -> Row:
    box = (
        "" if seen.box is None else " ".join(f"{side:.5f}" for side in (seen.box.x, seen.box.y, seen.box.w, seen.box.h))
    )
    return Row(base.relpath, name=seen.individual, station=base.station, taken=base.taken, box=box)


def _pictures(package: Package, found: Mapping[str, int]) -> list[Picture]:
    """Boxes and species of single files. One with an animal that nobody boxed was not searched for boxes."""
    of_file: dict[str, list[Observation]] = defaultdict(list)
    of_event: dict[str, set[str]] = defaultdict(set)
    events = camtrapdp_who.Events(package.media)
    for one in package.observations:
        if one.medium:
            of_file[one.medium].append(one)
        elif one.kind == "animal" and one.species:
            for medium in events.media_of(one):
                of_event[medium.uid].add(one.species)
    pictures = []
    for medium in package.media:
        seen = [one for one in of_file.get(medium.uid, ()) if one.kind not in UNSAID]
        if medium.uid not in found or medium.video or not (seen or of_event.get(medium.uid)):
            continue
        animals = [one for one in seen if one.kind == "animal"]
        boxed = all(one.box is not None and one.box != WHOLE for one in animals) and bool(seen)
        names = {one.species for one in animals if one.species} or of_event.get(medium.uid, set())
        species = next(iter(names)) if len(names) == 1 else ""
        boxes = tuple(_told(one) for one in animals) if boxed else None
        if boxes is not None or species:
            pictures.append(Picture(found[medium.uid], boxes, species))
    return pictures


def _told(one: Observation) -> Told:
    score = one.score if one.by_machine and one.score is not None and 0 <= one.score <= 1 else 1.0
    assert one.box is not None, "only boxed animals come here"
    return Told(one.box, score, one.species, one.score if one.by_machine else None)
