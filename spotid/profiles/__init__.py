"""Profiles: one TOML file per group of animals says which parts work on it, by name, and with which few numbers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spotid.errors import BadRequestError, NotFoundError

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Profile:
    """Which detector, cut-out, encoder and matcher a project uses, and how."""

    name: str
    title: str
    detector: str
    cutout: str
    encoder: str
    matcher: str
    padding: float  # share of the box added on every side of a crop
    shortlist: int  # look-alikes per sighting that are compared spot by spot
    flanks_matter: bool = True  # left and right sides carry different coats: tell them apart, and never compare them
    species: tuple[str, ...] = ()  # the names of its animals, the usual one first (see ``names``); without any, all


def profile_names(folder: Path = FOLDER) -> list[str]:
    """The names of all profiles, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_profile(name: str = "leopard", folder: Path = FOLDER) -> Profile:
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
    profile = Profile(
        name=name,
        title=str(table["title"]),
        detector=str(parts["detector"]),
        cutout=str(parts["cutout"]),
        encoder=str(parts["encoder"]),
        matcher=str(parts["matcher"]),
        padding=float(detection["padding"]),
        shortlist=int(comparison["shortlist"]),
        flanks_matter=_yes_or_no(table.get("flanks", {}).get("matter", True)),
        species=_names(table.get("species", [])),
    )
    if not (0 <= profile.padding <= 1 and profile.shortlist >= 1):
        raise ValueError("padding lies between 0 and 1, shortlist is 1 or more")
    return profile


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ValueError("species is a list of names")
    return tuple(value)


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("matter is true or false")
    return value
