"""Which parts a project works with: chosen once, kept in the project, changed by nobody but a person.

A part is a name: built in, or a published model that may be missing on the next computer. What a project works with is
told for each of its profiles, since animals of two profiles are described and compared by parts of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spotid.project import notes
from spotid.project.store import Store
from spotid.words import MediaState

NOTE = "parts"
PROFILE = "profile"  # the note with the name of the project's own profile
USUAL = "leopard"
MORE = "more_profiles"  # and that with those of its other species
ROLES = ("detector", "cutout", "encoder", "matcher", "classifier")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The names of the parts that animals of one profile are worked on with; no ``classifier`` where it is empty."""

    detector: str
    cutout: str
    encoder: str
    matcher: str
    classifier: str = ""

    def of(self, role: str) -> str:
        """The name of one of ``ROLES``."""
        return str(getattr(self, role))


def profiles(store: Store) -> list[str]:
    """The names of a project's profiles, its own first: it takes animals of whom nothing was told."""
    own = notes.get(store, PROFILE, USUAL)
    try:
        more = json.loads(notes.get(store, MORE) or "[]")
    except ValueError:
        more = []
    names = [one for one in more if isinstance(one, str)] if isinstance(more, list) else []
    return list(dict.fromkeys([own, *names]))


def scopes(store: Store) -> list[str]:
    """Under which names lists of a project's profiles are kept: its own has none, it was there before any other."""
    return ["", *profiles(store)[1:]]


def keep_profiles(store: Store, names: Sequence[str]) -> None:
    """Make these the profiles of a project, its own first."""
    own, *more = dict.fromkeys(names)
    if notes.get(store, PROFILE) != own:
        notes.put(store, PROFILE, own)
    text = json.dumps(more)
    if (notes.get(store, MORE) or "[]") != text:
        notes.put(store, MORE, text)


def kept(store: Store, profile: str) -> dict[str, str]:
    """What was chosen for one profile: role → name, only roles of which something was chosen."""
    return _all(store).get(profile, {})


def keep(store: Store, profile: str, names: Mapping[str, str]) -> None:
    """Choose parts for one profile: role → name. Roles that are not named stay as they were."""
    unknown = set(names) - set(ROLES)
    if unknown:
        raise ValueError(f"no such role: {', '.join(sorted(unknown))}")
    before = _all(store)
    after = before | {profile: {**before.get(profile, {}), **names}}
    if after != before:
        notes.put(store, NOTE, json.dumps(after, sort_keys=True))


def begun(store: Store) -> bool:
    """Whether files were searched or animals described already. A project of an earlier release has no parts kept:
    whatever it has was made by those that ship with the program."""
    searched = store.value(
        "SELECT EXISTS (SELECT 1 FROM media WHERE state IN (?, ?))", MediaState.ANIMAL, MediaState.NO_ANIMAL
    )
    return bool(searched) or bool(store.value("SELECT EXISTS (SELECT 1 FROM encoder)"))


def _all(store: Store) -> dict[str, dict[str, str]]:
    try:
        told = json.loads(notes.get(store, NOTE) or "{}")
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    return {
        str(profile): {role: name for role, name in names.items() if role in ROLES and isinstance(name, str)}
        for profile, names in told.items()
        if isinstance(names, dict)
    }
