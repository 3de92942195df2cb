"""Learning from confirmed animals, as a job: a head for each of a project's profiles, and which version is used."""

from __future__ import annotations

from typing import Any

from spotid.errors import BadRequestError, NotFoundError
from spotid.jobs.stages import After, Line
from spotid.profiles import Profile
from spotid.progress import Progress
from spotid.project import confirmed, heads_kept, shards
from spotid.project.confirmed import LEAST_ANIMALS
from spotid.project.heads_kept import Kept
from spotid.project.scope import Scope

TOO_FEW = "Too few animals are confirmed to learn from."
FIGURES = ("animals", "sightings", "confirmed", "by_animals", "by_visits", "as_listed")
MORE = f"At least {LEAST_ANIMALS} have to be seen on two visits, from one side where sides differ. Go on reviewing."


def encoder_row(line: Line, profile: Profile, scope: Scope | None) -> shards.EncoderRow:
    """The encoder of one profile, of its sightings alone."""
    encoder = line.encoder(profile)
    row = shards.encoder_row(line.project.store, encoder.identity(), encoder.name, encoder.dim)
    return row.only(scope)


def check_ready(line: Line) -> None:
    """Raises BadRequestError where plainly too few animals are confirmed; the sides seen may still be too few."""
    again = confirmed.seen_again(line.project.store)
    if again < LEAST_ANIMALS:
        raise BadRequestError(TOO_FEW, f"{MORE} Now there are {again}.")


def learn(line: Line, progress: Progress, *, check_only: bool = False) -> list[dict[str, Any]]:
    """Learn for every profile, and use what surely helps unless ``check_only``. One entry for each profile:
    profile, animals (that could teach), number (None: nothing was learnt), helps, used.

    Raises BadRequestError where too few animals of every profile are confirmed.
    """
    from spotid.match import learnt

    found: list[dict[str, Any]] = []
    store, after = line.project.store, After(progress)
    for profile, scope in line.scopes():
        encoder = encoder_row(line, profile, scope)
        done = learnt.learn(line.project, encoder, profile.flanks_matter, after)
        after.next()
        used = done.kept is not None and done.helps and not check_only
        if used and done.kept is not None:
            heads_kept.use(store, done.kept.place, done.kept.number)
        number = done.kept.number if done.kept is not None else None
        found.append(
            {"profile": profile.name, "animals": done.animals, "number": number, "helps": done.helps, "used": used}
        )
    if all(one["number"] is None for one in found):
        most = max(one["animals"] for one in found)
        raise BadRequestError(TOO_FEW, f"{MORE} Now there are {most}.")
    return found


def use(line: Line, number: int | None) -> list[dict[str, Any]]:
    """Use a version from now on, whatever its check said; None: none, descriptions count as they are.

    Raises NotFoundError for one that is not there, BadRequestError for one of another encoder.
    """
    project = line.project
    if number is None:
        for place in heads_kept.in_use(project.store):
            heads_kept.use(project.store, place, None)
        return []
    kept = checked(line, number)
    heads_kept.use(project.store, kept.place, kept.number)
    return [{"number": kept.number, "helps": kept.helps, "used": True}]


def checked(line: Line, number: int) -> Kept:
    """A version that can be used now. Raises NotFoundError or BadRequestError."""
    kept = heads_kept.get(line.project.layout, number)
    if kept is None or heads_kept.numbers_of(line.project.layout, kept) is None:
        raise NotFoundError(f"There is no whole version {number}.", "Choose one of the list.")
    places = {heads_kept.place_of(encoder_row(line, profile, scope)) for profile, scope in line.scopes()}
    if kept.place not in places:
        raise BadRequestError(
            f"Version {number} was learnt for the encoder {kept.encoder_name}, which the project does not use now.",
            "Learn anew, or choose that encoder again first.",
        )
    return kept


def lost(line: Line) -> list[int]:
    """Versions that are to be used and can't be: their files are missing or damaged, as after a backup was put back."""
    layout = line.project.layout
    places = heads_kept.in_use(line.project.store)
    whole = {one.number: one.place for one in heads_kept.listed(layout) if heads_kept.numbers_of(layout, one)}
    return sorted({number for place, number in places.items() if whole.get(number) != place})


def told(line: Line) -> list[dict[str, Any]]:
    """Every version as pages and the command line show it, newest first."""
    used = heads_kept.in_use(line.project.store)
    return [
        {
            "number": one.number,
            "made_at": one.made_at,
            "encoder": one.encoder_name,
            "profile": one.scope or line.profile.name,
            "helps": one.helps,
            "used": used.get(one.place) == one.number,
            **{name: one.told.get(name) for name in FIGURES},
        }
        for one in reversed(heads_kept.listed(line.project.layout))
    ]
