"""Heads that were learnt from answers: every version with what it was learnt from, and which of them is used.

A version is three files in the project's folder ``heads``: the numbers of the head (``npz``), the table of sightings
that it was learnt from (``csv``), and, written last, the seal with everything that is to be told of it (``json``).
None is ever changed. Which is used is a note in the project, for each encoder and each profile's animals one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spotid import __version__
from spotid.project import notes
from spotid.project.cells import written
from spotid.project.files import write_whole
from spotid.project.layout import Layout
from spotid.project.shard_files import sealed, unsealed
from spotid.project.shards import EncoderRow
from spotid.project.store import Store, now

NOTE = "heads"
SCHEMA = 1
COLUMNS = ("sighting", "individual", "group")
_NUMBER = re.compile(r"\d{6}", re.ASCII)


@dataclass(frozen=True)
class Kept:
    """One version."""

    number: int
    made_at: str
    encoder: str  # its identity
    encoder_name: str
    scope: str  # the profile of its animals where a project has several; "" of the project's own
    helps: bool  # whether the check said so
    told: dict[str, Any] = field(default_factory=dict)  # counts and figures
    sha256: str = ""  # of the head's numbers

    @property
    def place(self) -> str:
        """For what it can be used."""
        return f"{self.encoder} {self.scope}".strip()


def place_of(encoder: EncoderRow) -> str:
    """For which encoder, and which of its animals, a head is used."""
    return f"{encoder.identity} {encoder.scope.name if encoder.scope else ''}".strip()


def listed(layout: Layout) -> list[Kept]:
    """All versions, oldest first; those whose seal can't be read are left out."""
    found = []
    for path in sorted(layout.heads.glob("*.json")):
        if _NUMBER.fullmatch(path.stem):
            try:
                found.append(_kept(int(path.stem), unsealed(path.read_bytes())))
            except (OSError, ValueError, KeyError, TypeError):
                continue
    return found


def _kept(number: int, seal: Mapping[str, Any]) -> Kept:
    told = seal["told"]
    if not isinstance(told, dict):
        raise ValueError("it tells nothing")
    made_at, encoder, name, scope = (str(seal[one]) for one in ("made_at", "encoder", "encoder_name", "scope"))
    return Kept(number, made_at, encoder, name, scope, seal["helps"] is True, told, str(seal["npz_sha256"]))


def get(layout: Layout, number: int) -> Kept | None:
    """One version; None where there is none of that number."""
    return next((one for one in listed(layout) if one.number == number), None)


def keep(
    layout: Layout,
    encoder: EncoderRow,
    numbers: bytes,
    taught: Iterable[Sequence[str | int]],
    helps: bool,
    told: Mapping[str, Any],
    above: int = 0,
) -> Kept:
    """Keep a new version: ``numbers`` as they are to be given back, ``taught`` rows of ``COLUMNS``.

    Its number is higher than those that are there, and than ``above``: a backup that was put back knows of numbers
    whose files are gone, and they must not come to mean something else.
    Where the newest one of its place has the same numbers, nothing was learnt since: it is given back as it is.
    """
    plain = json.loads(json.dumps(dict(told)))
    newest = next((one for one in reversed(listed(layout)) if one.place == place_of(encoder)), None)
    if newest is not None and newest.sha256 == hashlib.sha256(numbers).hexdigest() and newest.told == plain:
        return newest
    taken = [int(path.stem) for path in layout.heads.glob("*.*") if _NUMBER.fullmatch(path.stem)]
    number = max([*taken, above]) + 1
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([written(cell) for cell in row] for row in taught)
    table = text.getvalue().encode("utf-8", "surrogateescape")
    seal = {
        "schema": SCHEMA,
        "made_at": now(),
        "encoder": encoder.identity,
        "encoder_name": encoder.name,
        "scope": encoder.scope.name if encoder.scope else "",
        "helps": helps,
        "told": plain,
        "npz_sha256": hashlib.sha256(numbers).hexdigest(),
        "csv_sha256": hashlib.sha256(table).hexdigest(),
        "software": f"SpotID {__version__}",
    }
    stem = _stem(layout, number)
    write_whole(stem.with_suffix(".npz"), numbers)
    write_whole(stem.with_suffix(".csv"), table)
    write_whole(stem.with_suffix(".json"), sealed(seal))
    return _kept(number, seal)


def numbers_of(layout: Layout, one: Kept) -> bytes | None:
    """The numbers of a version as they were given to ``keep``; None where the file is missing or was changed."""
    try:
        content = _stem(layout, one.number).with_suffix(".npz").read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == one.sha256 else None


def in_use(store: Store) -> dict[str, int]:
    """Place → the number of the version that is used there."""
    try:
        kept = json.loads(notes.get(store, NOTE) or "{}")
    except ValueError:
        return {}
    return {str(place): one for place, one in kept.items() if isinstance(one, int)} if isinstance(kept, dict) else {}


def use(store: Store, place: str, number: int | None) -> None:
    """Use this version from now on; None: none."""
    before = in_use(store)
    after = {one: version for one, version in before.items() if one != place}
    after |= {} if number is None else {place: number}
    if after != before:
        notes.put(store, NOTE, json.dumps(after, sort_keys=True))


def _stem(layout: Layout, number: int) -> Path:
    return layout.heads / f"{number:06d}"
