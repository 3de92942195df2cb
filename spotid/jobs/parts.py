"""The parts that a project works with: chosen at its first run, made when they are needed, switched by a person.

A new project takes, of each list in its profile, the first part that is on this computer, and keeps the choice: what
comes onto the computer later changes nothing by itself. A chosen part that is missing stops a run with a sentence; no
other part takes its place unasked, as vectors of two encoders, or scores of two matchers, say nothing of one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spotid.embed import registry as embed
from spotid.errors import BadRequestError, NotFoundError
from spotid.match import registry as match
from spotid.match.laid import laid
from spotid.match.parts import Matcher
from spotid.match.several import Several
from spotid.prepare import registry as prepare
from spotid.profiles import Profile
from spotid.project import parts_kept
from spotid.project.folder import Project
from spotid.project.parts_kept import ROLES, Chosen
from spotid.weights import shelf
from spotid.weights.troubles import MissingModelError

SHELF = {"detector": "detector", "cutout": "cut-out", "encoder": "embedder", "matcher": "local matcher"}
SHELF |= {"classifier": "species"}  # role here → role in the list of weights
WORDS = {"detector": "detector", "cutout": "cut-out", "encoder": "encoder", "matcher": "matcher"}
WORDS |= {"classifier": "classifier of species"}
BUILT_IN: dict[str, Mapping[str, str]] = {
    "detector": prepare.DETECTORS,
    "cutout": prepare.CUTTERS,
    "encoder": embed.ENCODERS,
    "matcher": match.MATCHERS,
    "classifier": prepare.CLASSIFIERS,
}
ABOUT = {
    "layered": "Built in: learns what stands at each station, and from the boxes that people draw.",
    "station-background": "Built in: what differs from the usual picture of a station.",
    "animal-network": "Built in: a small network that looks at single pictures.",
    "network": "Built in: a small network that follows the animal's outline.",
    "grabcut": "Built in: parts animal and background by their colours.",
    "coat-vlad": "Built in: sums up the spots of a coat in one row of numbers.",
    "coat-spots": "Built in: two kinds of spots, compared one by one; quick, and its chances are known.",
    "coat-points": "Built in: one kind of spots; quicker, and finds fewer.",
}
TOGETHER = "+"  # between the names of matchers that are asked together


@dataclass(frozen=True, slots=True)
class Option:
    """A part that could be chosen: whether it ships with the program, is here, and why it can't be used where not."""

    name: str
    about: str
    built_in: bool
    here: bool
    why_not: str = ""
    advice: str = ""
    licence: str = ""


def options(role: str) -> list[Option]:
    """All parts of a role: those that ship with the program, then the published ones in the order of the list."""
    found = [Option(name, ABOUT.get(name, ""), True, True) for name in BUILT_IN[role]]
    for model in shelf.models().values():
        if model.role == SHELF[role]:
            here = shelf.here(model)
            why, how = ("", "") if here else (shelf.why_not(model), shelf.how_to_get(model))
            found.append(Option(model.name, model.about, False, here, why, how, model.weights[0].licence))
    return found


def is_here(role: str, name: str) -> bool:
    """Whether a part can be used on this computer; False for a name that nobody knows."""
    return bool(name) and all(_one_is_here(role, one) for one in _names(role, name))


def _one_is_here(role: str, name: str) -> bool:
    if name in BUILT_IN[role]:
        return True
    model = shelf.models().get(name)
    return model is not None and model.role == SHELF[role] and shelf.here(model)


def check(role: str, name: str) -> None:
    """Raises NotFoundError for a name that no part of this role has, MissingModelError for one that is not here, and
    BadRequestError for matchers that can't be asked together."""
    for one in _names(role, name):
        if one in BUILT_IN[role]:
            continue
        model = shelf.models().get(one)
        if model is None or model.role != SHELF[role]:
            known = ", ".join(option.name for option in options(role)) or "none"
            raise NotFoundError(f"There is no {WORDS[role]} called {one}.", f"There are: {known}.")
        if not shelf.here(model):
            raise shelf.missing_error(model)
    if TOGETHER in name:
        match.matcher(name)  # too many, or one twice


def chosen(project: Project, profile: Profile) -> Chosen:
    """What a project works with for one profile: what is kept, and for the rest what its next run would take."""
    kept = parts_kept.kept(project.store, profile.name)
    if set(ROLES) <= kept.keys():
        return Chosen(**kept)
    old = not kept and parts_kept.begun(project.store) and profile.name == parts_kept.profiles(project.store)[0]
    return Chosen(**{role: kept[role] if role in kept else _first(role, profile, old) for role in ROLES})


def _first(role: str, profile: Profile, old: bool) -> str:
    """The first of a profile's list that is here; of a project begun by an earlier release, the built-in one."""
    names = profile.choices.get(role) or ((getattr(profile, role),) if hasattr(profile, role) else ())
    if old or not names:
        return str(getattr(profile, role, ""))
    return next((name for name in names if is_here(role, name)), str(getattr(profile, role, "")))


def decide(project: Project, profiles: Sequence[Profile]) -> None:
    """Keep the choices of all profiles, at the beginning of a run."""
    for profile in profiles:
        found = chosen(project, profile)
        parts_kept.keep(project.store, profile.name, {role: found.of(role) for role in ROLES})


def choose(project: Project, profile: Profile, names: Mapping[str, str]) -> None:
    """A person chooses: role → name; an empty name of a classifier means none. Answers are not touched.

    Raises NotFoundError, MissingModelError, or BadRequestError for no role; nothing is changed then.
    """
    for role, name in names.items():
        if role not in ROLES:
            raise BadRequestError(f"There is no part “{role}”.", f"Parts are: {', '.join(ROLES)}.")
        if role != "classifier" or name:
            check(role, name)
    parts_kept.keep(project.store, profile.name, names)


def published(project: Project, profile: Profile) -> bool:
    """Whether one of the parts is a published model: they alone may run on a graphics card."""
    found = chosen(project, profile)
    return any(name and name not in BUILT_IN[role] for role in ROLES for name in _names(role, found.of(role)))


def missing(project: Project, profile: Profile) -> list[MissingModelError]:
    """A sentence, with what to do, for every chosen part that can't be used on this computer."""
    found = chosen(project, profile)
    return [_absent(role, name) for role in ROLES if (name := found.of(role)) and not is_here(role, name)]


def _absent(role: str, name: str) -> MissingModelError:
    other = "Or choose another part for this project, on the page of its run or with: spotid parts --project PROJECT."
    stays = "Answers are kept either way, and reviewing goes on without it."
    lost = next((one for one in _names(role, name) if not _one_is_here(role, one)), name)
    model = shelf.models().get(lost)
    if model is None or model.role != SHELF[role]:
        return MissingModelError(
            f"This project works with the {WORDS[role]} “{lost}”, which this computer does not know.",
            " ".join((f"Add it with: spotid models add {lost}.toml.", other, stays)),
        )
    works = f"This project works with the {WORDS[role]} “{lost}”."
    return MissingModelError(f"{works} {shelf.why_not(model)}", f"{shelf.how_to_get(model)} {other} {stays}")


def made(role: str, name: str) -> Any:
    """A part, not loaded yet. Raises MissingModelError where it is not on this computer."""
    if not is_here(role, name):
        raise _absent(role, name)
    makers = {"detector": prepare.detector, "cutout": prepare.cutter, "encoder": embed.encoder}
    makers |= {"matcher": match.matcher, "classifier": prepare.classifier}
    return makers[role](name)


def _names(role: str, name: str) -> list[str]:
    return name.split(TOGETHER) if role == "matcher" else [name]


def matcher(name: str, profile: Profile) -> Matcher | Several:
    """The matcher of a profile's animals, not loaded yet; those that lie are laid level for it. Raises as ``made``."""
    found: Matcher | Several = made("matcher", name)
    return laid(found) if profile.lie else found
