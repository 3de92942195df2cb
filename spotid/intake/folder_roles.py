"""What the folders of a collection are called after: individuals, nobody, nothing, a side, a station, a card, a day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from spotid.intake.listing import CLIP, Listing
from spotid.intake.naming import EMPTY, FLANKS, means_nobody, plain

INDIVIDUAL, NOBODY, NOTHING, FLANK = "individual", "nobody", "nothing", "flank"
CARD, DAY, STATION, GROUP = "card", "day", "station", "group"
ROLES = {
    INDIVIDUAL: "one known individual",
    NOBODY: "animals that nobody has told apart",
    NOTHING: "pictures without an animal to tell apart",
    FLANK: "one side of the individual above it",
    CARD: "a memory card or camera; it says nothing",
    DAY: "a day; it says nothing of who is seen",
    STATION: "a station",
    GROUP: "only other folders; it says nothing",
}
_CARD = re.compile(
    r"dcim|\d{3}[_-]?[a-z]\w{2,7}|(cam|camera|side|unit|card|sd|sdcard)[ _-]?\w{0,2}|[ab]|photos?|pictures?|images?"
    r"|videos?|clips?|crops?|originals?|raw|jpe?g|new folder.*|untitled.*|ek\d+|im_\d+",
    re.I,
)
_DAY = re.compile(r"((19|20)\d\d([-_. ]?\d{1,2}){0,2}|\d{1,2}[-_. ]\d{1,2}[-_. ](19|20)?\d\d)([-_ ]?\w{0,9})?", re.I)
_STATION = re.compile(
    r"(\d{1,3}[-_ ]{1,2})?(stations?|stn|site|trap|loc|location|locality|ct|camtrap|grid|plot|point|transect|ridge"
    r"|river|waterhole|st)[-_ ]{0,2}\d*\w?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class FolderSeen:
    """A folder: path, what it is called after, and the pictures and clips in it and below. ``odd``: look at it."""

    path: str
    role: str
    pictures: int
    clips: int
    odd: bool = False

    @property
    def name(self) -> str:
        """Its own name."""
        return PurePosixPath(self.path).name


def role_of(path: str, stations: Collection[str], upper: str) -> tuple[str, bool]:
    """What a folder seems to be called after, and whether that wants to be looked at.

    ``stations``: known names, in lower case. ``upper``: the role of the folder above it, or nothing.
    """
    name = PurePosixPath(path).name
    word = plain(name)
    if word.casefold() in stations or name.casefold() in stations:
        return STATION, True
    if means_nobody(name):
        return NOBODY, True
    if word in EMPTY:
        return NOTHING, True
    if word in FLANKS:
        return FLANK, upper != INDIVIDUAL
    own = plain(PurePosixPath(path).parent.name)
    last = re.sub(rf"^{re.escape(own)}[ -]*", "", word) if own else word
    if upper == INDIVIDUAL and last in FLANKS:
        return FLANK, False  # F12/F12_left
    if _DAY.fullmatch(name):
        return DAY, False
    if _STATION.fullmatch(name):
        return STATION, True
    if _CARD.fullmatch(name):
        return CARD, len(name) == 1 or not word.startswith(("dcim", "1"))
    return INDIVIDUAL, False


def flank_of(name: str, above: str = "") -> str:
    """The side that a folder of role ``FLANK`` is called after."""
    word = plain(name)
    return FLANKS.get(word) or FLANKS.get(re.sub(rf"^{re.escape(plain(above))}[ -]*", "", word), "")


def look(files: Listing, stations: Collection[str], answers: Mapping[str, str]) -> list[FolderSeen]:
    """All folders with pictures or clips in them or below, uppermost first. ``answers``: "folder:``path``" → role."""
    known = {name.casefold() for name in stations}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    own: set[str] = set()
    below: dict[str, set[str]] = defaultdict(set)
    for one in files.originals():
        parts = one.path.split("/")[:-1]
        own.add("/".join(parts))
        for end in range(1, len(parts) + 1):
            counts["/".join(parts[:end])][one.kind == CLIP] += 1
            if end > 1:
                below["/".join(parts[: end - 1])].add("/".join(parts[:end]))
    roles: dict[str, str] = {}
    seen = []
    for path in sorted(counts, key=lambda path: (path.count("/"), path)):
        upper = roles.get(str(PurePosixPath(path).parent), "")
        role, odd = role_of(path, known, upper)
        if role == INDIVIDUAL and path not in own and _only_groups(path, below, known):
            role, odd = GROUP, True
        if answers.get(f"folder:{path}") in ROLES:
            role, odd = answers[f"folder:{path}"], False
        roles[path] = role
        seen.append(FolderSeen(path, role, counts[path][0], counts[path][1], odd))
    return seen


def _only_groups(path: str, below: Mapping[str, set[str]], known: Collection[str]) -> bool:
    """A folder without pictures of its own above folders that are called after individuals: "Panthera pardus"."""
    return any(role_of(one, known, INDIVIDUAL)[0] == INDIVIDUAL for one in below.get(path, ()))
