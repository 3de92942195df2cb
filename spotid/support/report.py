"""The report that a person sends when something went wrong: plain texts in a ZIP, shown before it is made.

It never holds a photograph, a coordinate, a key, or who and where the person is; what projects are called only where
the person wants it, and answers likewise.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from spotid import log
from spotid.about import build
from spotid.errors import SpotIDError
from spotid.jobs.doctor import examine
from spotid.places import log_folder
from spotid.progress import Cancelled, Silent
from spotid.project import ledger, media, recent, views
from spotid.project.folder import Project
from spotid.settings import DEFAULTS, settings
from spotid.support import scrub, system

LOG_BYTES, JOB_LOG_BYTES, JOB_LOGS = 300_000, 60_000, 3
DOCTOR_SECONDS = 15.0
SAID = "what_happened.txt"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the report."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person has ticked: names of projects, all answers; and what only the page knows, the screen."""

    names: bool = False
    answers: bool = False
    screen: str = ""


class _InTime(Silent):
    """Stops a check that takes too long for a person who waits for it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def step(self, count: int = 1, note: str = "") -> None:
        if time.monotonic() > self._end:
            raise Cancelled


def parts(projects: Sequence[Project], wanted: Wanted, *, at_work: Sequence[str] = (), key: str = "") -> list[Part]:
    """Everything that the report holds, without what must stay here. ``projects`` are those open now, ``at_work`` the
    ids of those in which a job goes on, ``key`` the key of this start."""
    known = {} if wanted.names else _names(projects)
    keys = [key] if key else []
    clean = scrub.of_this_computer(known, _coordinates(projects), keys, files=wanted.names)
    made = [
        Part("about.txt", "\n".join(system.lines(wanted.screen)) + "\n"),
        Part("settings.txt", "\n".join(_settings()) + "\n"),
        Part("projects.txt", "\n".join(_projects(projects, wanted.names)) + "\n"),
        Part("program.log", _tail([log_folder() / f"{log.NAME}.1", log_folder() / log.NAME], LOG_BYTES)),
    ]
    for number, project in enumerate(projects, 1):
        made.append(Part(f"project_{number}_check.txt", "\n".join(_check(project, project.id in at_work)) + "\n"))
        newest = sorted(project.layout.logs.glob("*.log"))[-JOB_LOGS:]
        made += [
            Part(f"project_{number}_job_{at}.log", f"{path.name}\n{_tail([path], JOB_LOG_BYTES)}")
            for at, path in enumerate(newest, 1)
        ]
    made = [Part(part.name, clean(part.text)) for part in made if part.text.strip()]
    if wanted.answers:  # only codes of sightings, kinds and times: nothing to take out, and each code is needed whole
        made += [Part(f"project_{at}_answers.csv", _answers(project)) for at, project in enumerate(projects, 1)]
    return made


def zipped(made: Sequence[Part], said: str = "") -> bytes:
    """The ZIP of what was shown, with the person's own words as they were typed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in [*([Part(SAID, said.strip() + "\n")] if said.strip() else []), *made]:
            archive.writestr(part.name, part.text.encode("utf-8", "replace"))
    return buffer.getvalue()


def file_name() -> str:
    """A name for the ZIP, by the minute."""
    return f"SpotID report {datetime.now():%Y-%m-%d %H-%M}.zip"


def destination() -> str:
    """The page where problems are told, or empty: then the one to write to is who gave the person SpotID."""
    releases = build().releases.rstrip("/").removesuffix("/releases")
    return f"{releases}/issues/new" if releases.startswith("https://") else ""


def _settings() -> Iterator[str]:
    values = settings()
    yield from (f"{name} = {values[name]}{'' if values[name] == DEFAULTS[name] else ' (changed)'}" for name in values)


def _projects(projects: Sequence[Project], names: bool) -> Iterator[str]:
    opened = {str(project.path) for project in projects}
    for number, project in enumerate(projects, 1):
        called = f" “{project.title}” in {project.path}" if names else ""
        yield f"project {number}{called}, open{' for looking only' if project.looking else ''}"
        try:
            yield from (f"  {key} {count}" for key, count in views.shelf_counts(project.store).items())
            yield f"  answers {ledger.last_row(project.store)}"
        except SpotIDError as error:
            yield f"  {error}"
    others = [one for one in recent.recents() if one["path"] not in opened]
    for number, one in enumerate(others, len(projects) + 1):
        called = f" “{one.get('title', '')}” in {one['path']}" if names else ""
        there = f"sightings {one['sightings']}, individuals {one['individuals']}" if one["exists"] else "not there now"
        yield f"project {number}{called}, not open: {there}"


def _check(project: Project, at_work: bool) -> Iterator[str]:
    if at_work:
        yield "Not checked: a run goes on."
        return
    found = 0
    try:
        for finding in examine(project, pictures=False, progress=_InTime(DOCTOR_SECONDS)):
            found += 1
            yield finding.sentence
    except Cancelled:
        yield "The check was not brought to its end: it would have taken too long."
        return
    except (SpotIDError, OSError) as error:
        yield f"The check could not be made: {error}"
        return
    yield f"{found} things wrong." if found else "Nothing wrong was found (pictures were not looked at)."


def _answers(project: Project) -> str:
    lines = ["row,kind,a,b,target,at"]
    lines += [
        ",".join((str(one.row), one.kind, one.a or "", one.b or "", one.target or "", one.at))
        for one in ledger.events(project.store)
    ]
    return "\n".join(lines) + "\n"


def _names(projects: Sequence[Project]) -> dict[str, str]:
    """What projects, their folders and the folders of their photographs are called, and what stands there instead."""
    known: dict[str, str] = {}
    listed = [(project.title, str(project.path)) for project in projects]
    opened = {path for _, path in listed}
    listed += [(str(one.get("title", "")), one["path"]) for one in recent.recents() if one["path"] not in opened]
    for number, (title, path) in enumerate(listed, 1):
        for name in (path, title, Path(path).name):
            known.setdefault(name, f"‹project {number}›")
    for number, project in enumerate(projects, 1):
        for folder in media.roots(project.store).values():
            known.setdefault(str(folder), f"‹photographs of project {number}›")
    return {name: mark for name, mark in known.items() if name}


def _coordinates(projects: Sequence[Project]) -> list[float]:
    asked = "SELECT latitude, longitude FROM station WHERE latitude IS NOT NULL AND longitude IS NOT NULL"
    return [float(value) for project in projects for row in project.store.all(asked) for value in row]


def _tail(paths: Sequence[Path], most: int) -> str:
    """The newest bytes of files that follow one another, from the beginning of a line."""
    content = b""
    for path in paths:
        try:
            content += path.read_bytes()
        except OSError:
            continue
    if len(content) > most:
        content = content[-most:].partition(b"\n")[2]
    return content.decode("utf-8", "replace")
