"""What the pages work on: the projects that are open in this program, each with its desk, and the jobs."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.errors import JobError, NotFoundError, ProjectError
from spotid.intake import source
from spotid.intake.received import Received
from spotid.jobs.care import PutBack, put_back
from spotid.jobs.coding import words_meanwhile
from spotid.jobs.kinds import kinds_of
from spotid.jobs.preview import Previews
from spotid.jobs.runner import Job, Jobs
from spotid.jobs.stages import line_of
from spotid.places import user_path
from spotid.project import backup, ledger, recent, results
from spotid.project.folder import Project, create_project, open_project
from spotid.project.layout import looks_like_project
from spotid.review.desk import Desk

if TYPE_CHECKING:
    from spotid.match.calibrations import Calibrations
    from spotid.project.scope import Scope

REFIT_EVERY = 25  # answers between two fits of the chances to a project's own answers, while there are few of these
REFIT_LATER = 250  # and from ten times as many answers on: a fit takes some 50 ms and then changes little
RELOAD_SECONDS = 2.0  # how often, at most, a run going on is asked for its first look-alikes


@dataclass
class Opened:
    """An open project and the reviewer's desk, which is set up when it is first looked at."""

    project: Project
    desk: Desk | None = None
    seen: tuple[int, bool] = (0, False)  # the newest job when the desk was set up, and whether it was running then
    looked: float = 0.0
    chances: Calibrations | None = None  # of pairs, as the answers so far correct them
    backed_up: int | None = None  # the newest answer when a backup was last thought of
    fitted: int = -1  # how many times ``REFIT_EVERY``, later ``REFIT_LATER`` answers there were at the last correction


class Bench:
    """The open projects of one program."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.jobs = Jobs()
        self.uploads = Received(user_path() / "uploads")
        self.uploads.clean()
        self.previews = Previews()
        self._opened: dict[str, Opened] = {}
        self._lock = threading.RLock()

    def open(self, folder: Path, *, looking: bool = False) -> Project:
        """Open a project, or find it where it is open already; one that was open for looking becomes writable."""
        with self._lock:
            for opened in list(self._opened.values()):
                if _same_folder(opened.project.path, folder):
                    if opened.project.looking and not looking:
                        self._take(open_project(folder))
                        opened.project.close()
                        return self.open(folder)
                    recent.remember(opened.project)
                    return opened.project
            return self._take(open_project(folder, readonly=looking))

    def put_back(self, project_id: str, source: Path) -> PutBack:
        """Put a backup in the place of an open project's database; it is open again afterwards.

        Raises JobError while a job runs, and what ``restore`` raises.
        """
        project = self.project(project_id)
        with self._lock:
            job = self.jobs.of(project)
            if job is not None and job.running:
                raise JobError("This project is at work.", "Wait for it to end, or cancel it first.")
            self._opened.pop(project_id)
            project.close()
            try:
                return put_back(project.path, source)
            finally:
                self._take(open_project(project.path))

    def check(self, project: Project, *, mend: bool, originals: bool) -> Job:
        """Start a check of a project; with ``mend`` what can be made again is, by a run."""
        kind = "mend" if mend else "check"
        return self.jobs.start(project, kind, settings=self.settings, originals=originals)

    def create(self, folder: Path, images: Path, station_level: str) -> Project:
        """Make a project of ``folder`` for the originals in ``images``, a folder or a ZIP, and start the run."""
        images = source.checked(images, folder, station_level)
        project = self.made(folder)
        source.take(project, images, station_level)
        self.run(project)
        return project

    def there(self, folder: Path) -> Project | None:
        """The open project of a folder; one that is not open yet is opened, None where there is no project."""
        with self._lock:
            found = next((o.project for o in self._opened.values() if _same_folder(o.project.path, folder)), None)
        return found or (self.open(folder) if looks_like_project(folder) else None)

    def made(self, folder: Path) -> Project:
        """The open project of a folder, which is made one where it is none."""
        with self._lock:
            return self.there(folder) or self._take(create_project(folder))

    def run(self, project: Project, *, again: bool = False, cut_anew: bool = False) -> Job:
        """Start the run of a project, or resume it; ``again`` searches frames anew that nobody has looked at,
        ``cut_anew`` cuts animals out anew that another cut-out has cut."""
        asked = {name: True for name, said in (("again", again), ("cut_anew", cut_anew)) if said}
        return self.jobs.start(project, "run", settings=self.settings, **asked)

    def export(self, project: Project, folder: Path, coordinates: bool = False) -> Job:
        """Start an export; ``coordinates``: its tables tell where sensitive stations are."""
        return self.jobs.start(project, "export", folder=str(folder), coordinates=coordinates)

    def project(self, project_id: str) -> Project:
        """An open project by its id. Raises NotFoundError."""
        with self._lock:
            opened = self._opened.get(project_id)
        if opened is None:
            raise NotFoundError("This project is not open.", "Open it from the home page.")
        return opened.project

    def desk(self, project_id: str) -> Desk:
        """The reviewer's desk of a project, with the look-alikes that there are by now.

        They are read anew when a job has ended, and while one is running whenever nothing is left to ask.
        """
        project = self.project(project_id)
        opened = self._opened[project_id]
        with self._lock:
            job = self.jobs.of(project)
            seen = (job.row, job.running) if job is not None else (0, False)
            rows = ledger.last_row(project.store)
            if project.looking:
                seen = (rows, False)  # another program may have kept answers
            elif opened.backed_up is None or rows - opened.backed_up >= backup.EVERY_ANSWERS:
                self._back_up(opened, rows)
            if opened.desk is None:
                opened.desk = Desk(
                    *(project, self.settings["nearest"], line_of(project, self.settings).flanks_matter),
                    words_meanwhile(project.store, lambda: line_of(project, self.settings)),
                    lambda: kinds_of(line_of(project, self.settings)),
                )
            elif seen == opened.seen and not (
                seen[1] and opened.desk.queue.total.left == 0 and time.monotonic() - opened.looked > RELOAD_SECONDS
            ):
                return opened.desk
            else:
                opened.desk.reload()
                opened.chances = None  # a run may have made the lists of other parts: theirs are other chances
            opened.seen, opened.looked = seen, time.monotonic()
            return opened.desk

    def chances(self, project_id: str) -> Calibrations:
        """How the scores of this project's pairs become chances; fitted anew every ``REFIT_EVERY`` answers."""
        from spotid.match.calibrations import calibrations_of, refit_all

        project = self.project(project_id)
        opened = self._opened[project_id]
        desk = opened.desk
        answered = results.answered(project.store) if desk is None else desk.identities.pair_answers
        turn = answered // (REFIT_EVERY if answered < 10 * REFIT_LATER else REFIT_LATER)
        with self._lock:
            if opened.chances is None:
                opened.chances, opened.fitted = calibrations_of(project, self._scopes(project)), turn
            due, opened.fitted = turn != opened.fitted, turn
            known = opened.chances
        if due:  # nobody else waits for it: until it is done, the chances are the earlier ones
            known = opened.chances = refit_all(project, self._scopes(project))
        return known

    def _scopes(self, project: Project) -> list[Scope | None]:
        return [scope for _, scope in line_of(project, self.settings).scopes()]

    def projects(self) -> list[Project]:
        """The projects that are open now."""
        return [opened.project for opened in list(self._opened.values())]

    def at_work(self) -> list[str]:
        """The titles of the projects in which a job goes on; waits for nobody."""
        return [one.title for one in self.projects() if (job := self.jobs.of(one)) is not None and job.running]

    def boxes_changed(self, project_id: str) -> None:
        """Let the desk be read anew when it is next looked at: sightings have come or gone."""
        with self._lock:
            self._opened[project_id].seen = (-1, False)

    @staticmethod
    def _back_up(opened: Opened, rows: int) -> None:
        """Copy the answers from time to time, without making anybody wait."""
        before, opened.backed_up = opened.backed_up, rows
        if before is not None:
            layout = opened.project.layout
            threading.Thread(target=backup.of_answers, args=(layout, rows, before), name="backup", daemon=True).start()

    def _take(self, project: Project) -> Project:
        there = self._opened.get(project.id)
        if there is not None and not _same_folder(there.project.path, project.path):
            project.close()  # two copies have one id: answers given on an open page would go to the wrong one
            raise ProjectError(
                f"A copy of this project is open already: “{there.project.path}”.",
                "Close SpotID, start it again and open this one first.",
            )
        self._opened[project.id] = Opened(project)
        recent.remember(project)
        return project

    def close(self) -> None:
        """End all work and close all projects."""
        self.jobs.stop_all()
        self.previews.close()
        self.uploads.close()
        with self._lock:
            for opened in self._opened.values():
                opened.project.close()
            self._opened.clear()


def _same_folder(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.expanduser().resolve()
    except OSError:
        return False
