"""Where weight files lie, and how one gets its name: only after its bytes have been compared.

A file lies in a folder of its own, ``FOLDER/NAME/FILE``, because several are called ``pytorch_model.bin``. Beside it
lies its note, ``FILE.json``: the SHA-256 that was taken when it came. Where nothing has been published about a file,
that first sum is what every later check compares with.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spotid.errors import DiskFullError, NotFoundError
from spotid.progress import Cancelled
from spotid.weights.catalogue import Weight
from spotid.weights.troubles import DownloadError, WrongSumError

BLOCK = 1 << 20
VOUCHED = ("given", "carried")


@dataclass(frozen=True, slots=True)
class Kept:
    """A weight file that has passed its checks. ``source``: where from.

    ``how``: published, given (a person has compared its sum), carried (a note beside it said so of another computer) or
    first use.
    """

    path: Path
    sha256: str
    bytes: int
    how: str
    source: str


def place(weight: Weight, folder: Path) -> Path:
    """Where this file lies, or will lie, under the folder of weights."""
    return folder / weight.name / weight.file


def note_of(path: Path) -> Path:
    """The note beside a weight file."""
    return path.with_name(path.name + ".json")


def part_of(path: Path) -> Path:
    """What has arrived of a file so far; it never has the file's own name."""
    return path.with_name(path.name + ".part")


def state_of(path: Path) -> Path:
    """What the host said of the file that the part belongs to."""
    return path.with_name(path.name + ".part.json")


def taken_of(path: Path) -> Path:
    """The copy of a file from a stick until it has been compared."""
    return path.with_name(path.name + ".taken")


def sums_of(path: Path, stop: Callable[[], bool] = bool) -> dict[str, str]:
    """SHA-256, MD5 and git blob sum of a file, in one reading. Raises Cancelled when ``stop`` says so."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    blob = hashlib.sha1(usedforsecurity=False)
    blob.update(b"blob %d\0" % path.stat().st_size)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if stop():
                raise Cancelled
            for one in (sha256, md5, blob):
                one.update(block)
    return {"sha256": sha256.hexdigest(), "md5": md5.hexdigest(), "git_blob": blob.hexdigest()}


def check(
    weight: Weight,
    path: Path,
    *,
    host: dict[str, str] | None = None,
    trusting: str = "",
    stop: Callable[[], bool] = bool,
) -> tuple[str, str]:
    """SHA-256 of ``path`` and on what it was accepted. Raises WrongSumError; the file is left as it is.

    ``host`` holds sums that the host sent along with the file. ``trusting`` is a SHA-256 that a person has compared
    with the host's own: it goes before a published sum that one source alone gives, never before a confirmed one.
    """
    length = path.stat().st_size
    if weight.bytes and length != weight.bytes:
        raise WrongSumError(
            f"“{weight.file}” has {length:,} bytes instead of {weight.bytes:,}.",
            "It is not the file of the list, or was cut off. Fetch or copy it again.",
        )
    found = sums_of(path, stop)
    for kind, value in (host or {}).items():
        if found.get(kind, value) != value:
            raise WrongSumError(
                f"“{weight.file}” arrived damaged: its {kind} is not the one that its host gives.",
                "Fetch it again.",
                found["sha256"],
            )
    wrong = [one for one in weight.sums if found[one.kind] != one.value]
    if any(one.confirmed for one in wrong):
        raise WrongSumError(
            f"“{weight.file}” is not the published file: its {wrong[0].kind} differs.",
            "It was damaged on the way or exchanged at its source. Fetch or copy it again; if it stays so, do not use"
            " it.",
            found["sha256"],
        )
    if trusting:
        if trusting.lower() != found["sha256"]:
            raise WrongSumError(
                f"“{weight.file}” does not have the SHA-256 that you gave.",
                "Compare both again.",
                found["sha256"],
                doubtful=True,
            )
        return found["sha256"], "given"
    if wrong:
        raise WrongSumError(
            f"“{weight.file}” differs from the only sum that was found for it ({wrong[0].kind}), possibly mistyped.",
            f"Its SHA-256 is {found['sha256']}. Compare it with the one on {weight.source}; where they are equal, fetch"
            " the file again and give that sum.",
            found["sha256"],
            doubtful=True,
        )
    return found["sha256"], "published" if weight.sums else "first use"


def settle(weight: Weight, part: Path, path: Path, sha256: str, how: str, source: str) -> Kept:
    """Give the checked part its name. Its note is written first: a file without one is never believed."""
    kept = noted(Kept(path, sha256, part.stat().st_size, how, source))
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(part, path)
    state_of(path).unlink(missing_ok=True)
    return kept


def noted(kept: Kept) -> Kept:
    """Write the note of a file that has been compared."""
    write_json(note_of(kept.path), {key: value for key, value in asdict(kept).items() if key != "path"})
    return kept


def verify(weight: Weight, folder: Path, stop: Callable[[], bool] = bool) -> Kept:
    """Compare a file that lies here with the list and with its note. Raises NotFoundError or WrongSumError."""
    path = place(weight, folder)
    if not path.is_file():
        raise NotFoundError(f"“{weight.file}” is not here.", "Fetch it, or take it from a folder or a stick.")
    note = read_json(note_of(path))
    taken = str(note.get("sha256", ""))
    sha256, how = check(weight, path, trusting=taken if note.get("how") in VOUCHED else "", stop=stop)
    if taken and taken != sha256:
        raise WrongSumError(
            f"“{weight.file}” has changed since it came here.",
            "Remove it and fetch it again; do not open it before that.",
            sha256,
        )
    if not taken and how == "first use":
        raise WrongSumError(
            f"Nothing is known about the bytes of “{weight.file}”: its note is missing.",
            "Remove it and fetch it again, or take it from a folder with its note beside it.",
            sha256,
        )
    return Kept(path, sha256, path.stat().st_size, str(note.get("how", how)), str(note.get("source", "")))


def room_for(folder: Path, needed: int, spare: int) -> None:
    """Raise DiskFullError where ``needed`` bytes would leave less than ``spare`` free."""
    free = shutil.disk_usage(folder).free
    if free < needed + spare:
        raise DiskFullError(
            f"There is not enough room for this file: it needs {needed / 1e6:,.0f} MB, {free / 1e6:,.0f} MB are free.",
            f"Make room on the disk of {folder}; {spare / 1e6:,.0f} MB are left for your work.",
        )


def disk_trouble(error: OSError, folder: Path) -> DiskFullError | DownloadError:
    """The sentence for what the disk said while a file was written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"The disk of {folder} is full.", "Make room and start again; what has arrived is kept.")
    return DownloadError(f"The file can't be written to {folder}: {error.strerror or error}.", "Choose another folder.")


def read_json(path: Path) -> dict[str, Any]:
    """A small note, or an empty one where there is none that can be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def write_json(path: Path, said: dict[str, Any]) -> None:
    """Write a small note at once or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(new, path)
