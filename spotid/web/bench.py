"""What the pages work on: the projects that are open in this program, each with its desk, and the jobs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spotid.errors import NotFoundError
from spotid.intake.collect import STATION_LEVEL
from spotid.intake.stations import check_level
from spotid.jobs.runner import Job, Jobs
from spotid.project import media, notes, recent
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, check_apart, create_project, open_project
from spotid.review.desk import Desk


@dataclass
class Opened:
    """An open project and the reviewer's desk, which is set up when it is first looked at."""

    project: Project
    desk: Desk | None = None
    seen: tuple[str | None, int] = (None, -1)


class Bench:
    """The open projects of one program."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.jobs = Jobs()
        self._opened: dict[str, Opened] = {}
        self._lock = threading.RLock()

    def open(self, folder: Path) -> Project:
        """Open a project, or find it where it is open already."""
        with self._lock:
            for opened in self._opened.values():
                if _same_folder(opened.project.path, folder):
                    recent.remember(opened.project)
                    return opened.project
            return self._take(open_project(folder))

    def create(self, folder: Path, images: Path, station_level: str) -> Project:
        """Make a project of ``folder`` for the originals in ``images`` and start the run."""
        check_level(station_level)
        images = images.expanduser().absolute()
        if not images.is_dir():
            raise NotFoundError(
                f"There is no folder “{images}”.", "Check the path to the photographs, or look for it with Browse…."
            )
        check_apart(folder, images)
        with self._lock:
            project = next((o.project for o in self._opened.values() if _same_folder(o.project.path, folder)), None)
            if project is None:
                project = self._take(create_project(folder))
        media.root_id(project.store, images)
        notes.put(project.store, STATION_LEVEL, station_level)
        self.run(project)
        return project

    def run(self, project: Project) -> Job:
        """Start the run of a project, or resume it."""
        return self.jobs.start(project, "run", when_done=lambda _: self._renew(project), settings=self.settings)

    def export(self, project: Project, folder: Path) -> Job:
        """Start an export."""
        return self.jobs.start(project, "export", folder=str(folder))

    def project(self, project_id: str) -> Project:
        """An open project by its id. Raises NotFoundError."""
        with self._lock:
            opened = self._opened.get(project_id)
        if opened is None:
            raise NotFoundError("This project is not open.", "Open it from the home page.")
        return opened.project

    def desk(self, project_id: str) -> Desk:
        """The reviewer's desk of a project, with all look-alikes that there are by now."""
        project = self.project(project_id)
        opened = self._opened[project_id]
        with self._lock:
            if opened.desk is None:
                opened.seen = _lists_made(project)
                opened.desk = Desk(project, self.settings["nearest"])
            elif not opened.desk.queue.anchors and opened.seen != _lists_made(project):
                self._renew(project)  # the first look-alikes of a run that is still going on
            return opened.desk

    def _renew(self, project: Project) -> None:
        opened = self._opened.get(project.id)
        if opened is not None and opened.desk is not None:
            opened.seen = _lists_made(project)
            opened.desk.reload()

    def _take(self, project: Project) -> Project:
        self._opened[project.id] = Opened(project)
        recent.remember(project)
        return project

    def close(self) -> None:
        """End all work and close all projects."""
        self.jobs.stop_all()
        with self._lock:
            for opened in self._opened.values():
                opened.project.close()
            self._opened.clear()


def _same_folder(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.expanduser().resolve()
    except OSError:
        return False


def _lists_made(project: Project) -> tuple[str | None, int]:
    candidates = Candidates(project.layout)
    try:
        return candidates.made_of(), len(candidates.have_ranked())
    finally:
        candidates.close()
