"""What a person wishes about models: where they lie, from where they may be fetched, which licences were accepted.

Kept in the user's folder as ``models.json``. The environment goes before it: ``SPOTID_MODELS`` (folder),
``SPOTID_OFFLINE`` (1: nothing ever goes out), ``SPOTID_MIRROR`` or ``HF_ENDPOINT`` (a mirror of Hugging Face) and the
system's own ``HTTPS_PROXY``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from spotid.errors import BadRequestError
from spotid.places import user_folder, user_path
from spotid.weights import keep

FOLDER, OFFLINE, MIRROR, HUGGING_FACE = "SPOTID_MODELS", "SPOTID_OFFLINE", "SPOTID_MIRROR", "HF_ENDPOINT"
HOST = "https://huggingface.co"


@dataclass(frozen=True)
class Wishes:
    """``folder``, ``mirror`` and ``proxy`` are empty where nothing is wished; ``offline`` forbids every download."""

    folder: str = ""
    mirror: str = ""
    proxy: str = ""
    offline: bool = False
    fixed: tuple[str, ...] = ()  # what the environment decides: a page can't change it


def _path() -> Path:
    return user_path() / "models.json"


def read() -> Wishes:
    """What holds now: the file, with the environment over it."""
    said = keep.read_json(_path())
    found: dict[str, Any] = {
        "folder": str(said.get("folder", "")),
        "mirror": str(said.get("mirror", "")),
        "proxy": str(said.get("proxy", "")),
        "offline": bool(said.get("offline", False)),
    }
    fixed: list[str] = []
    if place := os.environ.get(FOLDER):
        found["folder"], fixed = place, [*fixed, "folder"]
    mirror = os.environ.get(MIRROR) or os.environ.get(HUGGING_FACE, "")
    if mirror and mirror.rstrip("/") != HOST:
        found["mirror"], fixed = mirror, [*fixed, "mirror"]
    if OFFLINE in os.environ:
        found["offline"], fixed = os.environ[OFFLINE].strip().lower() not in ("", "0", "false", "no"), [*fixed, OFFLINE]
    return Wishes(**found, fixed=tuple("offline" if one == OFFLINE else one for one in fixed))


def folder() -> Path:
    """Where weight files are kept."""
    wished = read().folder
    return Path(wished) if wished else user_path() / "models"


def write(**said: Any) -> Wishes:
    """Keep ``folder``, ``mirror``, ``proxy`` (texts) or ``offline`` (true or false); others stay as they are.

    Raises BadRequestError for an address that can't be meant or a folder that is not absolute.
    """
    for word in ("mirror", "proxy"):
        if word in said:
            said[word] = _address(word, str(said[word]))
    if said.get("folder") and not Path(str(said["folder"])).is_absolute():
        raise BadRequestError("The folder of models must be given with its whole path.", "Begin it at the root.")
    if "offline" in said:
        said["offline"] = bool(said["offline"])
    keep.write_json(user_folder() / "models.json", keep.read_json(_path()) | said)
    return read()


def _address(word: str, given: str) -> str:
    given = given.strip().rstrip("/")
    if not given:
        return ""
    parts = urlsplit(given)
    allowed = ("https",) if word == "mirror" else ("http", "https")
    if parts.scheme not in allowed or not parts.hostname or any(mark in given for mark in " \n\t"):
        raise BadRequestError(
            f"“{given}” is no address of a {word}.",
            f"Write it as {'https://mirror.example.org' if word == 'mirror' else 'http://proxy.example.org:3128'}.",
        )
    return given


def accepted() -> dict[str, str]:
    """The licence notices that were accepted, with the day."""
    said = keep.read_json(_path()).get("licences", {})
    return {str(key): str(day) for key, day in said.items()} if isinstance(said, dict) else {}


def accept(keys: list[str], day: str) -> None:
    """Note that these notices were accepted on ``day``; days that stand already stay."""
    if keys:
        known = {**dict.fromkeys(keys, day), **accepted()}
        keep.write_json(user_folder() / "models.json", keep.read_json(_path()) | {"licences": known})
