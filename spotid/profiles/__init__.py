"""Profiles: one TOML file per group of animals says which parts work on it, by name, and with which few numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spotid import codes
from spotid.errors import BadRequestError, NotFoundError

FOLDER = Path(__file__).parent
USUAL = "leopard"
ROLES = ("detector", "cutout", "encoder", "matcher")  # every profile names one of each at least
CLASSIFIER = "classifier"  # and this one only where animals are to be named by a network from the start


@dataclass(frozen=True)
class Profile:
    """Which detector, cut-out, encoder and matcher a project uses, and how.

    ``detector``, ``cutout``, ``encoder`` and ``matcher`` ship with the program: the last of each list in the file.
    ``choices`` holds the whole lists, the wished ones first; a new project takes the first that is on its computer.
    """

    name: str
    title: str
    detector: str
    cutout: str
    encoder: str
    matcher: str
    padding: float  # share of the box added on every side of a crop
    shortlist: int  # look-alikes per sighting that are compared spot by spot
    flanks_matter: bool = True  # left and right sides carry different coats: tell them apart, and never compare them
    speed_kmh: float = 60.0  # no animal goes faster from one sighting to the next
    range_km: float = 3.0  # standard deviation of an animal's places about the middle of its home range
    species: tuple[str, ...] = ()  # the names of its animals, the usual one first (see ``names``); without any, all
    own: int = 0  # so many of these are its own before those of any other profile of a project; the others as they come
    threshold: float | None = None  # the score that a box has to reach; None: what the detector's makers advise
    word: str = codes.ANY  # what the codes of new individuals begin with
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)  # other words → names of theirs
    lie: bool = False  # photographed from any angle: laid level before they are described
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


def profile_names(folder: Path = FOLDER) -> list[str]:
    """The names of all profiles, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_profile(name: str = USUAL, folder: Path = FOLDER) -> Profile:
    """The profile called ``name``; raises ``NotFoundError`` for an unknown name, ``BadRequestError`` for a bad file."""
    if name not in profile_names(folder):
        known = ", ".join(profile_names(folder))
        raise NotFoundError(f"There is no profile called {name}.", f"Choose one of: {known}.")
    path = folder / f"{name}.toml"
    try:
        return _read(name, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadRequestError(
            f"The profile {name} can't be read: {error}.", "Compare it with leopard.toml line by line."
        ) from error


def _read(name: str, table: dict[str, Any]) -> Profile:
    parts, detection, comparison = table["parts"], table["detection"], table["comparison"]
    movement = table.get("movement", {})
    choices = {role: _parts(parts[role]) for role in ROLES}
    last = {role: names[-1] for role, names in choices.items()}
    if CLASSIFIER in parts:
        choices[CLASSIFIER] = _parts(parts[CLASSIFIER])
    own, others = _names(table.get("species", [])), _names(table.get("also", []))
    profile = Profile(
        name=name,
        title=str(table["title"]),
        **last,
        padding=float(detection["padding"]),
        shortlist=int(comparison["shortlist"]),
        flanks_matter=_yes_or_no(table.get("flanks", {}).get("matter", True)),
        speed_kmh=float(movement.get("speed_kmh", Profile.speed_kmh)),
        range_km=float(movement.get("range_km", Profile.range_km)),
        species=(*own, *others),
        own=len(own),
        threshold=None if "threshold" not in detection else float(detection["threshold"]),
        word=str(table.get("code", codes.ANY)),
        words={str(word): _names(names) for word, names in table.get("codes", {}).items()},
        lie=_yes_or_no(table.get("description", {}).get("lay_level", False)),
        choices=choices,
    )
    if profile.threshold is not None and not 0 < profile.threshold < 1:
        raise ValueError("threshold lies between 0 and 1")
    if not all(map(codes.good, (profile.word, *profile.words))):
        raise ValueError(f"the word of a code is of the letters a to z and _, {codes.LONGEST} at most")
    if not (0 <= profile.padding <= 1 and profile.shortlist >= 1):
        raise ValueError("padding lies between 0 and 1, shortlist is 1 or more")
    if not (0 < profile.speed_kmh < 10_000 and 0 < profile.range_km < 10_000):
        raise ValueError("speed_kmh and range_km are numbers above 0")
    return profile


def _parts(value: object) -> tuple[str, ...]:
    """One name, or several with the wished one first."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(one, str) and one.strip() for one in names):
        raise ValueError("a part is a name, or a list of names")
    return tuple(names)


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ValueError("species is a list of names")
    return tuple(value)


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("matter is true or false")
    return value
