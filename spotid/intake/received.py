"""Files that the page sends: written piece by piece straight to their place, and gone again where nobody wants them.

The file grows as ``.part`` in a hidden folder of the project that it is meant for, on the disk where it will be used,
so that it is written once and never copied. Each piece says where it belongs: one that was lost on the way is sent
again, and the file goes on from there. Every file is noted in the user's own folder until it is taken or gone, so that
a program that was killed takes away at its next start what it had begun.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import threading
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spotid.errors import ArchiveError, BadRequestError, DiskFullError, NotFoundError, ProjectError, SpotIDError
from spotid.project.files import disk_error, free_bytes, write_whole

# The server (waitress) keeps a body below 512 KiB in memory and writes a larger one to a file of its own before anybody
# sees it: pieces below that reach the disk once, and the count of bytes that are kept is true.
PIECE = 512_000
FOLDER = ".uploads"  # in a project; a new project may be made in a folder that holds nothing else
KEPT_FREE = 1 << 28  # so much room is left on the disk
MOST = 4  # at once
LONGEST_NAME = 120  # letters
KINDS = {"zip": (".zip",), "sheet": (".csv", ".xlsx", ".tsv", ".txt"), "recognitions": (".json",)}
LARGEST = {"zip": 1 << 44, "sheet": 100_000_000, "recognitions": 1 << 34}
TICK_SECONDS = 60.0
SILENT_TICKS = 10  # a page that sends nothing for so long is closed; counted while the computer is awake
WAITING_TICKS = 12 * 60  # a whole file waits so long for somebody to take it


@dataclass(eq=False)
class Upload:
    """A file on its way: ``have`` of ``size`` bytes are kept. ``folders`` were made for it, the innermost first."""

    uid: str
    path: Path
    size: int
    kind: str
    folders: list[Path]
    have: int = 0
    whole: bool = False
    silent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def project(self) -> Path:
        """The folder of the project that it is meant for."""
        return self.path.parents[2]

    @property
    def part(self) -> Path:
        """Where it grows."""
        return self.path.with_name(self.path.name + ".part")

    def told(self) -> dict[str, Any]:
        """What a page shows of it."""
        about = {"id": self.uid, "name": self.path.name, "kind": self.kind, "project_path": str(self.project)}
        return about | {"size": self.size, "have": self.have, "whole": self.whole, "piece": PIECE}


class Received:
    """The files on their way in this program. ``notes``: the folder where they are noted."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes
        self._there: dict[str, Upload] = {}
        self._lock = threading.Lock()
        self._reaper: threading.Timer | None = None

    def begin(self, project: Path, name: str, size: int, kind: str) -> Upload:
        """Make room for a file that is meant for a project, which need not be there yet.

        Raises BadRequestError, DiskFullError where it has no room, ProjectError where nothing can be written.
        """
        name = _plain(name, kind)
        if not 0 < size <= LARGEST[kind]:
            raise BadRequestError(
                f"“{name}” is empty." if size == 0 else f"“{name}” is too large.",
                "Look at what it is, and choose it again.",
            )
        uid = secrets.token_hex(8)
        path = project / FOLDER / uid / name
        below = next(one for one in path.parents if one.is_dir())
        short = size + KEPT_FREE - _free(below)
        if short > 0:
            raise DiskFullError(
                f"“{name}” has {size / 1e9:,.1f} GB, and the disk that holds “{below}” has no room for it.",
                f"Make {max(1, short / 1e6):,.0f} MB of room there, or give the path of the ZIP: it is not copied.",
            )
        folders = [one for one in path.parents if one != below and below in one.parents]
        upload = Upload(uid, path, size, kind, folders)
        with self._lock:
            if len(self._there) >= MOST:
                raise BadRequestError(
                    f"{MOST} files are being sent already.", "Wait for one of them, or cancel it, and try again."
                )
            self._there[uid] = upload
        try:
            told = {"folder": str(path.parent), "below": str(below), "folders": [str(one) for one in folders]}
            write_whole(self._note(uid), json.dumps(told).encode())
            path.parent.mkdir(parents=True)
            upload.part.touch()
        except OSError as error:
            self.cancel(uid)
            raise _trouble(error, path) from error
        except SpotIDError:
            self.cancel(uid)
            raise
        self._watch()
        return upload

    def get(self, uid: str) -> Upload:
        """A file on its way. Raises NotFoundError."""
        with self._lock:
            found = self._there.get(uid)
        if found is None:
            raise NotFoundError("This file is not being sent any more.", "Choose it again.")
        found.silent = 0
        return found

    def add(self, uid: str, at: int, piece: bytes) -> Upload:
        """Keep a piece that begins at byte ``at``; one that is not next is left aside, ``have`` tells what is.

        With the last one the file gets its name. Raises NotFoundError, ArchiveError where it is no ZIP after all, and
        DiskFullError; nothing of the file is left then.
        """
        upload = self.get(uid)
        with upload.lock:
            if upload.whole or at != upload.have or not 0 < len(piece) <= min(PIECE, upload.size - at):
                return upload
            try:
                with upload.part.open("r+b") as file:
                    file.seek(at)
                    file.write(piece)
                upload.have += len(piece)
                if upload.have == upload.size:
                    upload.part.replace(upload.path)
                    upload.whole = True
            except OSError as error:
                trouble: Exception = _trouble(error, upload.path)
            else:
                if not upload.whole or upload.kind != "zip" or zipfile.is_zipfile(upload.path):
                    return upload
                trouble = ArchiveError(
                    f"“{upload.path.name}” is no ZIP, or it is damaged.",
                    "Pack the folder again and choose the new ZIP.",
                )
        self.cancel(uid)
        raise trouble

    def take(self, uid: str) -> Path:
        """Leave a whole file to the project that it was meant for; whoever takes it takes it away in the end."""
        upload = self.get(uid)
        with self._lock:
            self._there.pop(uid, None)
        self._note(uid).unlink(missing_ok=True)
        return upload.path

    def waiting(self) -> list[Upload]:
        """The whole files that nobody has taken yet."""
        with self._lock:
            return [one for one in self._there.values() if one.whole]

    def cancel(self, uid: str) -> None:
        """Take a file away, and the folders that were made for it; one that is gone already is no fault."""
        with self._lock:
            upload = self._there.pop(uid, None)
        if upload is None:
            return
        with upload.lock:
            if _take_away(upload.path.parent, upload.folders):
                self._note(uid).unlink(missing_ok=True)

    def clean(self) -> None:
        """Take away what an earlier start has left. What lies on a disk that is not there is tried again next time."""
        for note in list(self._notes.glob("*.json")):
            if note.stem in self._there:
                continue
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                told = json.loads(note.read_text(encoding="utf-8"))
                if not Path(told["below"]).is_dir():
                    continue
                if not _take_away(Path(told["folder"]), [Path(one) for one in told["folders"]]):
                    continue
            note.unlink(missing_ok=True)

    def tick(self) -> None:
        """A minute is over: take away the files of pages that are closed."""
        with self._lock:
            for one in self._there.values():
                one.silent += 1
            gone = [one for one in self._there.values() if one.silent > (WAITING_TICKS if one.whole else SILENT_TICKS)]
        for one in gone:
            self.cancel(one.uid)

    def close(self) -> None:
        """Take everything away that was not taken."""
        with self._lock:
            uids = list(self._there)
        for uid in uids:
            self.cancel(uid)
        if self._reaper is not None:
            self._reaper.cancel()

    def _watch(self) -> None:
        """Look once a minute, as long as there is anything to look at."""

        def look() -> None:
            self.tick()
            self._reaper = None
            if self._there:
                self._watch()

        with self._lock:
            if self._reaper is None:
                self._reaper = threading.Timer(TICK_SECONDS, look)
                self._reaper.daemon = True
                self._reaper.start()

    def _note(self, uid: str) -> Path:
        return self._notes / f"{uid}.json"


def own(project: Path, path: Path) -> bool:
    """Whether a file was sent for this project, and lies in it until it is unpacked."""
    return path.parent.parent.resolve() == (project / FOLDER).resolve()


def forget(path: Path) -> None:
    """Take a file away that was sent, once all that is wanted of it lies elsewhere."""
    _take_away(path.parent, [])


def _take_away(folder: Path, folders: list[Path]) -> bool:
    """Whether nothing is left; on Windows a file that somebody reads stays, and the next start tries again."""
    if folder.parent.name != FOLDER:
        return True  # a note that somebody wrote: nothing else is ever taken away
    shutil.rmtree(folder, ignore_errors=True)
    for one in (folder.parent, *folders):
        with contextlib.suppress(OSError):  # other things lie in it
            one.rmdir()
    return not folder.exists()


def _plain(name: str, kind: str) -> str:
    """The name that a file is kept under: its last part, without signs that a disk may refuse.

    Raises BadRequestError.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*').strip()
    ending = next((one for one in KINDS[kind] if plain.lower().endswith(one)), None)
    if ending is None:
        raise BadRequestError(
            f"“{plain[:80]}” can't be used here.", f"Choose a file that ends in {' or '.join(KINDS[kind])}."
        )
    stem = plain[: -len(ending)].strip(" .")[:LONGEST_NAME].strip(" .") or "upload"
    while len(stem.encode("utf-8", "replace")) > LONGEST_NAME:
        stem = stem[:-1]
    return stem + ending


def _free(folder: Path) -> int:
    try:
        return free_bytes(folder)
    except OSError:  # a disk that does not say: errors on writing tell instead
        return 1 << 62


def _trouble(error: OSError, path: Path) -> Exception:
    full = disk_error(error, path)
    if isinstance(full, DiskFullError):
        return DiskFullError(
            f"The disk is full: “{path.name}” has no room on the disk that holds “{path.parents[2]}”.",
            "Make some room there and choose the file again. Nothing of it was left there.",
        )
    return ProjectError(
        f"“{path.name}” can't be written into “{path.parents[2]}”: {error.strerror or error}.",
        "Choose a folder that you may write to, or give the path of the ZIP.",
    )
