"""Create and open project folders."""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from spotid.errors import BadRequestError, NotFoundError, ProjectError
from spotid.project import backup, schema
from spotid.project.files import write_whole
from spotid.project.layout import FORMAT, Layout, looks_like_project
from spotid.project.lock import Lock
from spotid.project.store import Store, connect, now

IN_USE = "This project is already open in another SpotID"


@dataclass
class Project:
    """An open project."""

    id: str
    title: str
    layout: Layout
    store: Store
    lock: Lock | None = None

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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strangers = [entry.name for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        raise ProjectError(
            f"The folder “{folder}” can't be made: {error.strerror or error}.",
            "Choose a folder on a disk that you may write to.",
        ) from None
    if strangers:
        raise ProjectError(
            f"The folder “{folder}” already holds other files ({sorted(strangers)[0]}, …).",
            "Choose a new or empty folder for the embeddings; SpotID keeps its own files apart from yours.",
        )
    layout = Layout(folder)
    lock = Lock(layout.lock, IN_USE)
    connection = connect(layout.database)
    schema.migrate(connection)
    connection.close()
    # Written last: a folder with this file is a whole project.
    document = _write_document(layout, title)
    return Project(document["id"], document["title"], layout, Store(layout.database), lock)


def open_project(folder: Path, *, wait: float = 0.0, shared: bool = False) -> Project:
    """Open an existing project; an older schema is migrated after a backup.

    ``shared`` is for the worker process of a program that already holds the project.
    Raises NotFoundError, ProjectError, NewerProjectError or ProjectLockedError.
    """
    folder = folder.expanduser().absolute()
    if folder.name == "embeddings" and looks_like_project(folder.parent):
        folder = folder.parent  # "Open existing embeddings" may be given the inner folder
    if not folder.is_dir():
        raise NotFoundError(f"There is no folder “{folder}”.", "Check the path, or look for it with Browse….")
    if not looks_like_project(folder):
        raise NotFoundError(
            f"“{folder}” is not a SpotID project.",
            "Choose the folder that was given as “Path for embeddings output”, or run the model from scratch.",
        )
    layout = Layout(folder)
    lock = None if shared else Lock(layout.lock, IN_USE, wait=wait)
    try:
        if not layout.database.is_file():
            raise ProjectError(
                f"The file {layout.database.name} is missing from “{folder}”.",
                "Put it back from the folder “backups”: copy the newest file there to this name.",
            )
        document = _document(layout)
        _check_database(layout, migrate=not shared)
        if not shared:
            backup.daily(layout)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    return Project(document["id"], document["title"], layout, Store(layout.database), lock)


def _check_database(layout: Layout, *, migrate: bool) -> None:
    """Refuse what is not ours; bring an older schema up to date after a backup."""
    try:
        # Looked at without writing first: nothing of another program's file, or a newer program's, may change.
        with contextlib.closing(connect(layout.database, readonly=True)) as connection:
            schema.check(connection, layout.database)
            older = schema.version(connection) < schema.known()
        if older and migrate:
            backup.write(layout, "before-migration")
            with contextlib.closing(connect(layout.database)) as connection:
                schema.migrate(connection)
    except sqlite3.DatabaseError as error:
        raise ProjectError(
            f"The file {layout.database.name} is damaged ({error}).",
            "Put the newest file of the folder “backups” in its place; keep the damaged one for help.",
        ) from None


def _document(layout: Layout) -> dict[str, str]:
    try:
        document = json.loads(layout.project_file.read_text(encoding="utf-8"))
        return {"id": str(document["id"]), "title": str(document["title"])}
    except (OSError, ValueError, KeyError, TypeError):
        # The title is a convenience; the answers are in the database. Make the file anew rather than refuse.
        return _write_document(layout)


def _write_document(layout: Layout, title: str = "") -> dict[str, str]:
    name = {"id": secrets.token_hex(8), "title": title or layout.root.name.removesuffix(".spotid")}
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
