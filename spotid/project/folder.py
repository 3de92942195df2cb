"""Create and open project folders."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from spotid.errors import (
    BadRequestError,
    NotFoundError,
    OutsideError,
    ProjectDamagedError,
    ProjectError,
    ProjectReadOnlyError,
    SpotIDError,
)
from spotid.project import backup, fresh, notes, schema, settling, swap
from spotid.project.filenames import kept, shown
from spotid.project.files import write_whole
from spotid.project.inside import inside
from spotid.project.layout import FORMAT, Layout, check_embeddings_only, looks_like_project
from spotid.project.lock import IN_USE, Lock
from spotid.project.look import Look
from spotid.project.store import BUSY_SECONDS, Store, connect, now

INNER = ("crops", "cutouts", "frames")  # folders with pictures
ID, TITLE = "project_id", "project_title"  # notes: the project file can be made again from them


@dataclass
class Project:
    """An open project."""

    id: str
    title: str
    layout: Layout
    store: Store
    lock: Lock | None = None
    warning: str = ""  # something that went wrong at opening and that the person should know

    @property
    def looking(self) -> bool:
        """Whether the project is open for looking only."""
        return self.store.readonly

    @property
    def path(self) -> Path:
        """The project folder."""
        return self.layout.root

    def close(self) -> None:
        """Close the database and let other programs in."""
        self.store.close()
        if self.lock is not None:
            self.lock.release()
            self.lock = None


def create_project(folder: Path, title: str = "") -> Project:
    """Make ``folder`` (new or empty) a project and open it.

    Raises ProjectError when the folder holds other things or can't be written.
    """
    folder = folder.expanduser().absolute()
    if looks_like_project(folder):
        return open_project(folder)
    check_new(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_made(folder, error) from None
    layout = Layout(folder)
    lock = Lock(layout.lock, IN_USE)
    fresh.make(layout)
    document = write_document(layout, title)
    return _opened(layout, document, lock)


def check_new(folder: Path) -> None:
    """Whether ``folder`` can become a project: there is none yet, or nothing of anybody's is in it. Makes nothing.

    Raises ProjectError.
    """
    if kept(str(folder)) != str(folder):
        raise ProjectError(
            f"The name of the folder “{shown(str(folder))}” holds characters that can't be written down everywhere.",
            "Choose a folder with another name for the embeddings; the photographs may lie wherever they are.",
        )
    try:
        names = [entry.name for entry in folder.iterdir()] if os.path.lexists(folder) else []
        strangers = [name for name in names if not name.startswith((".", fresh.NAME))]
    except OSError as error:
        raise _not_made(folder, error) from None
    if strangers:
        raise ProjectError(
            f"The folder “{folder}” already holds other files ({sorted(strangers)[0]}, …).",
            "Choose a new or empty folder for the embeddings; SpotID keeps its own files apart from yours.",
        )


def _not_made(folder: Path, error: OSError) -> ProjectError:
    return ProjectError(
        f"The folder “{folder}” can't be made: {error.strerror or error}.",
        "Choose a folder on a disk that you may write to.",
    )


def open_project(folder: Path, *, wait: float = 0.0, shared: bool = False, readonly: bool = False) -> Project:
    """Open an existing project; an older schema is migrated after a backup.

    ``shared`` is for the worker process of a program that already holds the project. ``readonly`` opens it for looking:
    nothing in the folder is made or changed, so that it may be open elsewhere, or lie on a write-protected disk.
    Raises NotFoundError, ProjectError, ProjectDamagedError, ProjectReadOnlyError, NewerProjectError or
    ProjectLockedError.
    """
    folder = folder.expanduser().absolute()
    if folder.name == "embeddings" and looks_like_project(folder.parent):
        folder = folder.parent  # "Open existing embeddings" may be given the inner folder
    if not folder.is_dir():
        raise NotFoundError(f"There is no folder “{folder}”.", "Check the path, or look for it with Browse….")
    if not looks_like_project(folder):
        check_embeddings_only(folder)
        raise NotFoundError(
            f"“{folder}” is not a SpotID project.",
            "Choose the folder that was given as “Path for embeddings output”, or run the model from scratch.",
        )
    layout = Layout(folder)
    check_own(layout)
    if readonly:
        return _look_at(layout)
    lock = None if shared else Lock(layout.lock, IN_USE, wait=wait)
    try:
        warning = ""
        if not shared:
            swap.finish(layout)
        _check_database(layout, migrate=not shared)
        if not shared:
            try:
                backup.daily(layout)
            except (SpotIDError, OSError) as error:  # today's answers are worth more than today's copy
                warning = f"Today's backup could not be made: {error}"
        return _opened(layout, _document(layout), lock, warning)
    except BaseException:
        if lock is not None:
            lock.release()
        raise


def _opened(layout: Layout, document: dict[str, str], lock: Lock | None, warning: str = "") -> Project:
    store = Store(layout.database)
    project = Project(document["id"], document["title"], layout, store, lock, warning)
    if lock is not None and (notes.get(store, ID), notes.get(store, TITLE)) != (project.id, project.title):
        with contextlib.suppress(SpotIDError):  # on a full disk the project opens all the same
            notes.put(store, ID, project.id)
            notes.put(store, TITLE, project.title)
    if lock is not None:
        with contextlib.suppress(SpotIDError):  # as above; the next run does it
            settling.settle_first(store)
    return project


def _look_at(layout: Layout) -> Project:
    """Open for looking. A restore that was begun is looked at as if it had ended."""
    layout = Layout(layout.root, readonly=True)
    database = layout.pending if layout.pending.is_file() else layout.database
    look = Look(database)
    try:
        with contextlib.closing(look.connect(BUSY_SECONDS)) as connection:
            schema.check(connection, database)
            older = schema.version(connection) < schema.known()
    except (sqlite3.DatabaseError, OSError) as error:
        raise damaged(layout, error) from None
    finally:
        look.close()
    store = Store(database, readonly=True, older=older)
    try:
        document = read_document(layout)
    except (OSError, ValueError, KeyError, TypeError):
        document = {"id": notes.get(store, ID), "title": notes.get(store, TITLE)}
    name = layout.root.name.removesuffix(".spotid")
    return Project(document["id"] or "looked-at", document["title"] or name, layout, store)


def _check_database(layout: Layout, *, migrate: bool) -> None:
    """Refuse what is not ours or is damaged; bring an older schema up to date after a backup."""
    if not layout.database.is_file():
        raise damaged(layout)
    if migrate and not os.access(layout.database, os.W_OK):
        raise ProjectReadOnlyError(
            f"The file {layout.database.name} is write-protected.",
            "Open it for looking only, or take the write protection away.",
        )
    try:
        # Looked at without writing first: nothing of another program's file, or a newer program's, may change.
        with contextlib.closing(connect(layout.database, readonly=True)) as connection:
            schema.check(connection, layout.database)
            if migrate:
                whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
                if whole != "ok":
                    raise sqlite3.DatabaseError(whole)
            older = schema.version(connection) < schema.known()
        if older and migrate:
            backup.write(layout, "before-migration")
            with contextlib.closing(connect(layout.database)) as connection:
                schema.migrate(connection)
    except sqlite3.DatabaseError as error:
        raise damaged(layout, error) from None


def damaged(layout: Layout, error: Exception | None = None) -> ProjectDamagedError:
    """What to say of a database that is missing or can't be used: which backup can be put in its place, and how."""
    name = layout.database.name
    what = f"The file {name} is damaged ({error})." if error else f"The file {name} is missing from “{layout.root}”."
    good = backup.newest_good(layout)
    if good is None:
        check_embeddings_only(layout.root)
        return ProjectDamagedError(what, "There is no whole backup in this folder; keep the file, and ask for help.")
    return ProjectDamagedError(
        what,
        f"Put back the backup of {good.made_at} with its {good.answers:,} answers: on the page “Backup and check”, or"
        f' with: spotid restore --project "{layout.root}"',
    )


def check_own(layout: Layout) -> None:
    """Refuse a project whose files lead elsewhere: it would read and write there, and a copy of it would be none."""
    database = layout.database
    beside = [database.with_name(database.name + end) for end in ("-wal", "-shm")]
    files = (layout.project_file, database, *beside, layout.lock, layout.worker_lock)
    folders = (layout.embeddings, layout.cache, layout.backups, layout.exports, layout.logs, layout.candidates)
    for path in (*files, *folders, *(layout.root / name for name in INNER)):
        try:
            inside(path, layout.root)
        except OutsideError:
            raise ProjectError(
                f"“{path.name}” in this project leads to another place outside of the project's folder.",
                "Open it only if you trust where it comes from: put the real file or folder in place of the link.",
            ) from None


def read_document(layout: Layout) -> dict[str, str]:
    """The project's id and title, by its project file. Raises OSError, ValueError, KeyError or TypeError."""
    document = json.loads(layout.project_file.read_text(encoding="utf-8"))
    if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", str(document["id"])):
        raise ValueError("the id becomes a part of addresses")
    return {"id": str(document["id"]), "title": str(document["title"])}


def _document(layout: Layout) -> dict[str, str]:
    try:
        return read_document(layout)
    except (OSError, ValueError, KeyError, TypeError):
        # The title is a convenience; the answers are in the database. Make the file anew rather than refuse.
        with contextlib.closing(Store(layout.database, readonly=True)) as store:
            return write_document(layout, notes.get(store, TITLE), notes.get(store, ID))


def write_document(layout: Layout, title: str = "", known: str = "") -> dict[str, str]:
    """Write the project file anew; ``known`` is the id that the project had."""
    name = {"id": known or secrets.token_hex(8), "title": title or layout.root.name.removesuffix(".spotid")}
    document = {"format": FORMAT, "schema": schema.known(), **name, "created_at": now()}
    write_whole(layout.project_file, json.dumps(document, indent=2, ensure_ascii=False).encode())
    return name


def check_apart(project: Path, images: Path) -> None:
    """Refuse a project folder that lies among the photographs, or the other way round.

    Raises BadRequestError: originals are read-only and nothing is ever written beside them.
    """
    inner, outer = project.expanduser().resolve(), images.expanduser().resolve()
    if inner == outer or outer in inner.parents:
        raise BadRequestError(
            "The folder for the embeddings lies inside the folder of photographs.",
            "Choose a folder elsewhere; SpotID writes nothing beside your originals.",
        )
    if inner in outer.parents and looks_like_project(inner):
        raise BadRequestError(
            "The folder of photographs lies inside a SpotID project.", "Choose the folder that holds your originals."
        )
