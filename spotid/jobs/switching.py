"""What it costs and keeps to switch a project from one part to another, in sentences for people."""

from __future__ import annotations

from spotid.errors import SpotIDError
from spotid.jobs import cutting
from spotid.jobs.stages import Line
from spotid.prepare import redo
from spotid.profiles import Profile
from spotid.project import sightings

LISTS = "Lists of look-alikes are made anew; answers stay as they are."


def told(line: Line, profile: Profile, role: str, name: str) -> list[str]:
    """What the next run will do now that ``name`` is chosen for a role, and what stays as it is: whole sentences."""
    if role == "detector":
        return _detector(line, name)
    if role == "cutout":
        return _cutout(line, name)
    if role == "encoder":
        return _encoder(line, profile, name)
    if role == "matcher":
        return [
            f"The next run compares look-alikes with {name}.",
            "What it has compared before is not compared again, and what other matchers have compared is kept.",
            LISTS,
        ]
    if not name:
        return ["No network tells species any more.", "What people, files, sheets and folders say stays."]
    return [
        f"The next run asks {name} for the species of animals of whom nobody has told it.",
        "No answer is touched.",
    ]


def _detector(line: Line, name: str) -> list[str]:
    again = redo.count(line.project)
    found = [
        f"New pictures are searched by {name}.",
        "Pictures that were searched before keep their boxes and answers.",
    ]
    return [*found, f"Of these, {again:,} that nobody has looked at could be searched again."] if again else found


def _cutout(line: Line, name: str) -> list[str]:
    there = cutting.count(line)
    found = [f"New animals are cut out by {name}."]
    if there:
        found += [
            f"There are {there:,} animals that were cut out otherwise.",
            "They stay as they are until you have them cut out anew, which costs time and no answer.",
        ]
    return found


def _encoder(line: Line, profile: Profile, name: str) -> list[str]:
    known, everyone = described(line, profile)
    rest = everyone - known
    if not everyone:
        return [f"Animals are described by {name}."]
    work = f"The next run describes {rest:,} of {everyone:,} animals by {name}."
    if not rest:
        work = f"All {everyone:,} animals have been described by {name} before; nothing is computed again."
    return [work, "What other encoders have described is kept and never mixed in.", LISTS]


def described(line: Line, profile: Profile) -> tuple[int, int]:
    """How many of a profile's animals the chosen encoder has described, and how many there are."""
    store = line.project.store
    scope = next(scope for one, scope in line.scopes() if one.name == profile.name)
    try:
        identity = line.encoder(profile).identity()
    except SpotIDError:
        identity = ""
    having = {
        row["sighting_id"]
        for row in store.all(
            "SELECT sighting_id FROM embedding JOIN encoder ON encoder.id = encoder_id WHERE identity = ?", identity
        )
    }
    rows = store.all(f"SELECT id FROM sighting WHERE state NOT IN {sightings.OUT_SQL} AND state != 'problem'")
    ids = [row["id"] for row in rows if scope is None or row["id"] in scope.ids]
    return sum(one in having for one in ids), len(ids)
