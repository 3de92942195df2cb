"""The list of weight files: read, checked, typed."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from spotid.errors import NotFoundError
from spotid.weights.troubles import CatalogueError

LIST = Path(__file__).with_name("catalogue.toml")
ELSEWHERE = "SPOTID_MODEL_LIST"  # names another list, such as the one that an institute keeps for its computers
ROLES = ("detector", "cut-out", "embedder", "local matcher", "species")
DIGITS = {"sha256": 64, "md5": 32, "git_blob": 40}
NEEDED = {"role", "file", "about", "url", "licence", "licence_page", "travels", "source", "cite"}
PARTS = {"part", "also", "needs", "recipe"}  # of entries that make a model; spotid/weights/shelf.py uses them
ALLOWED = NEEDED | PARTS | {"bytes", "megabytes", "bundled", "moves"} | set(DIGITS)
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
PART = re.compile(r"spotid(\.[a-z_]\w*)+:[A-Z]\w*")
PACKAGE = re.compile(r"[A-Za-z_]\w*")
BRANCH = re.compile(
    r"/(raw|resolve|refs/heads)/(main|master|dev)/|raw\.githubusercontent\.com/[^/]+/[^/]+/(main|master)/"
)
HUB = re.compile(r"https://huggingface\.co/")


@dataclass(frozen=True, slots=True)
class Sum:
    """One published sum: ``kind`` is sha256, md5 or git_blob, ``value`` lower-case hex.

    ``sources`` public sources agree on it; ``seen`` is the day on which a download of our own had it, or empty.
    """

    kind: str
    value: str
    sources: int = 1
    seen: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether a file that differs is certainly the wrong one, rather than the sum mistyped."""
        return self.sources >= 2 or bool(self.seen)


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight file. ``bytes`` is 0 where no length has been published; ``megabytes`` is then about its size, or 0.

    Where ``part`` is not empty the file makes a model, together with the files that ``also`` names: ``part`` is
    "module:Class", ``needs`` the Python packages without which it can't be loaded, ``recipe`` what its class reads.
    """

    name: str
    role: str
    file: str
    about: str
    url: str
    licence: str
    licence_page: str
    travels: bool
    source: str
    cite: str
    bytes: int = 0
    bundled: bool = False
    sums: tuple[Sum, ...] = ()
    part: str = ""
    also: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict, hash=False)
    megabytes: int = 0
    moves: bool = False

    @property
    def size(self) -> int:
        """Its length in bytes as far as it is known: exactly, about, or 0."""
        return self.bytes or self.megabytes * 1_000_000

    def sum(self, kind: str) -> Sum | None:
        """The published sum of this kind, if there is one."""
        return next((one for one in self.sums if one.kind == kind), None)

    @property
    def certain(self) -> bool:
        """Whether the bytes are known beyond doubt: a confirmed SHA-256. Only such files go into a bundle."""
        known = self.sum("sha256")
        return known is not None and known.confirmed

    @property
    def sureness(self) -> str:
        """How well the bytes are known, in words for a table."""
        if any(one.seen for one in self.sums):
            return "downloaded and compared"
        most = max((one.sources for one in self.sums), default=0)
        return {0: "nothing published", 1: "one source", 2: "two sources"}.get(most, "three sources")


def _sums(name: str, table: dict[str, Any]) -> tuple[Sum, ...]:
    found = []
    for kind, digits in DIGITS.items():
        if kind not in table:
            continue
        said = table[kind]
        if not isinstance(said, dict) or set(said) - {"value", "sources", "seen"} or "value" not in said:
            raise CatalogueError(f"“{name}”: {kind} must be a table with value, sources and, if need be, seen.")
        value, sources = said["value"], said.get("sources", 1)
        if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-f]{{{digits}}}", value):
            raise CatalogueError(f"“{name}”: {kind} must be {digits} lower-case hexadecimal digits.")
        if not isinstance(sources, int) or isinstance(sources, bool) or sources < 1:
            raise CatalogueError(f"“{name}”: {kind} must say how many sources agree, 1 or more.")
        seen = said.get("seen", "")
        if not isinstance(seen, str) or (seen and not re.fullmatch(r"\d{4}-\d\d-\d\d", seen)):
            raise CatalogueError(f"“{name}”: “seen” of {kind} must be a day such as 2026-11-21.")
        found.append(Sum(kind, value, sources, seen))
    return tuple(found)


def part_of(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """What makes an entry a model, checked; an entry without ``part`` has none of it."""
    if "part" not in table:
        if extra := PARTS & set(table):
            raise CatalogueError(f"“{name}” has {', '.join(sorted(extra))}, but no “part” that would read it.")
        return {}
    if not isinstance(table["part"], str) or not PART.fullmatch(table["part"]):
        raise CatalogueError(f"“{name}”: “part” must name a class of SpotID, as module:Class.")
    lists: dict[str, Any] = {"part": table["part"]}
    for word, shape in (("also", NAME), ("needs", PACKAGE)):
        said = table.get(word, [])
        if not isinstance(said, list) or not all(isinstance(one, str) and shape.fullmatch(one) for one in said):
            raise CatalogueError(f"“{name}”: “{word}” must be a list of names.")
        lists[word] = tuple(said)
    recipe = table.get("recipe", {})
    if not isinstance(recipe, dict):
        raise CatalogueError(f"“{name}”: “recipe” must be a table.")
    return lists | {"recipe": recipe}


def _weight(name: str, table: dict[str, Any]) -> Weight:
    if not NAME.fullmatch(name):
        raise CatalogueError(f"“{name}” is no name for a weight file: small letters, digits and hyphens only.")
    if not isinstance(table, dict):
        raise CatalogueError(f"“{name}” must be a table.")
    if lost := NEEDED - set(table):
        raise CatalogueError(f"“{name}” lacks: {', '.join(sorted(lost))}.")
    if extra := set(table) - ALLOWED:
        raise CatalogueError(f"“{name}” has unknown: {', '.join(sorted(extra))}.")
    texts = NEEDED - {"travels"}
    for word in sorted(texts):
        if not isinstance(table[word], str) or not table[word].strip():
            raise CatalogueError(f"“{name}”: “{word}” must be a text.")
    for word in ("travels", "bundled", "moves"):
        if not isinstance(table.get(word, False), bool):
            raise CatalogueError(f"“{name}”: “{word}” must be true or false.")
    for word in ("bytes", "megabytes"):
        length = table.get(word, 0)
        if not isinstance(length, int) or isinstance(length, bool) or length < 0:
            raise CatalogueError(f"“{name}”: “{word}” must be a whole number.")
    if table["role"] not in ROLES:
        raise CatalogueError(f"“{name}”: “{table['role']}” is no role; there are {', '.join(ROLES)}.")
    if PurePosixPath(table["file"]).name != table["file"] or not re.fullmatch(r"[A-Za-z0-9][\w.-]*", table["file"]):
        raise CatalogueError(f"“{name}”: “{table['file']}” must be a plain file name.")
    for word in ("url", "licence_page", "source"):
        parts = urlsplit(table[word])
        if parts.scheme != "https" or not parts.hostname or parts.username:
            raise CatalogueError(f"“{name}”: “{word}” must be an https address.")
    weight = Weight(
        name=name,
        bytes=table.get("bytes", 0),
        megabytes=table.get("megabytes", 0),
        moves=table.get("moves", False),
        bundled=table.get("bundled", False),
        sums=_sums(name, table),
        travels=table["travels"],
        **part_of(name, table),
        **{word: table[word] for word in texts},
    )
    if BRANCH.search(weight.url) and not weight.sums and not (weight.moves and HUB.match(weight.url)):
        raise CatalogueError(f"“{name}”: its address names a branch, which can change, and no sum is known.")
    if weight.bundled and not weight.travels:
        raise CatalogueError(f"“{name}” is to go into the bundle, but its licence does not let it travel.")
    return weight


def listed() -> Path:
    """The list that holds: SpotID's own unless the environment names another."""
    return Path(os.environ.get(ELSEWHERE) or LIST)


def read(path: Path | None = None) -> dict[str, Weight]:
    """All weight files by name, in the order of the list. Raises CatalogueError with a sentence."""
    path = path or listed()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"The list of weight files can't be read: {error}.") from error
    weights = {name: _weight(name, table) for name, table in tables.items()}
    for weight in weights.values():
        for other in weight.also:
            if other not in weights or other == weight.name:
                raise CatalogueError(f"“{weight.name}” needs “{other}” as well, which is not in the list.")
    return weights


def find(name: str, weights: dict[str, Weight] | None = None) -> Weight:
    """The weight file of this name. Raises NotFoundError, naming those that there are."""
    weights = read() if weights is None else weights
    if name not in weights:
        raise NotFoundError(f"There is no weight file “{name}” in the list.", f"There are: {', '.join(weights)}.")
    return weights[name]
