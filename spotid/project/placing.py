"""Which deployment a photograph belongs to, and when it was taken: pure rules over what was declared and said.

A photograph belongs to the deployment of its camera in whose span its time lies, as that camera's clock is put right
there. Where no camera of that name was declared, a deployment of the whole station takes it; one whose camera nobody
named goes to whichever camera of the station hung there alone. A photograph without a trusted time goes where there is
but one deployment to choose. All others are outside, which is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spotid.project import cameras, spans, trust
from spotid.project.clock_rows import Steps, Word, corrected, steps

PHOTOGRAPHS = "photographs"  # a deployment that nobody declared
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Declared:
    """A deployment, as far as photographs are concerned."""

    id: int
    station_id: int
    camera: str
    starts_at: str | None
    ends_at: str | None
    told_by: str


@dataclass(frozen=True, slots=True)
class Group:
    """Photographs of one camera of one station, as they name it."""

    station_id: int
    camera: str
    serial: str | None

    @property
    def key(self) -> str:
        """What two spellings of the camera have in common."""
        return cameras.key(self.camera)

    @property
    def named(self) -> bool:
        """Whether somebody named the camera."""
        return cameras.named(self.camera, self.serial)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a photograph belongs, and its time put right; None: outside, or not to be trusted."""

    deployment_id: int | None
    captured_at: str | None


Choice = tuple[Declared, Steps]
DAY = 10  # letters of a day
RESET = str(trust.RESET_YEAR)
OTHERS = 2  # the level of cameras that a photograph without a name may be of


class Placing:
    """The deployments of a project with what was said of their clocks."""

    def __init__(self, declared: Sequence[Declared], words: Mapping[int, Sequence[Word]]) -> None:
        self._of: dict[int, list[Declared]] = {}
        for one in sorted(declared, key=lambda one: (one.starts_at or "", one.id), reverse=True):
            self._of.setdefault(one.station_id, []).append(one)
        self._by_id = {one.id: one for one in declared}
        self._words = words
        self._levels: dict[Group, list[list[Choice]]] = {}
        self._steps: dict[tuple[int, str], Steps] = {}
        self._plain: dict[Group | None, tuple[str, str, int] | None] = {}
        self._last = trust.latest()

    def levels(self, group: Group) -> list[list[Choice]]:
        """The deployments that may have taken a group's photographs, the likelier level first, newest first."""
        known = self._levels.get(group)
        if known is None:
            there = self._of.get(group.station_id, [])
            own = [one for one in there if cameras.key(one.camera) == group.key]
            whole = [one for one in there if not one.camera and group.key]
            others = [one for one in there if one not in own and one not in whole and one.told_by != PHOTOGRAPHS]
            chosen = [own, whole, [] if group.named else others]
            if any(one.told_by != PHOTOGRAPHS for level in chosen for one in level):
                chosen = [[one for one in level if one.told_by != PHOTOGRAPHS] for level in chosen]
            known = [[(one, self.steps(one.id, group.key)) for one in level] for level in chosen]
            self._levels[group] = known
        return known

    def steps(self, deployment_id: int, camera: str) -> Steps:
        """What is added to the clock of a camera (as ``cameras.key`` has it) in a deployment."""
        known = self._steps.get((deployment_id, camera))
        if known is None:
            known = self._steps[deployment_id, camera] = steps(self._words.get(deployment_id, ()), camera)
        return known

    def home(self, group: Group | None, clock: str) -> int | None:
        """The deployment of a photograph in the plain case, which most are: one to choose, nothing said of its clock,
        and a trusted time in its span. None: ``place`` has to look."""
        if group not in self._plain:
            choices = [] if group is None else [choice for level in self.levels(group) for choice in level]
            self._plain[group] = None
            if len(choices) == 1 and not choices[0][1]:
                one = choices[0][0]
                ends = one.ends_at and (f"{one.ends_at}T99" if len(one.ends_at) == DAY else one.ends_at)
                first, last = str(trust.EARLIEST_YEAR), self._last
                self._plain[group] = (max(one.starts_at or first, first), min(ends or last, last), one.id)
        plain = self._plain[group]
        if plain is None or not plain[0] <= clock <= plain[1] or clock.startswith(RESET):
            return None
        return plain[2]

    def place(self, group: Group | None, clock: str | None, source: str | None, pinned: int | None) -> Placed:
        """Where a photograph belongs. ``source``: who told its time; what a person said needs no putting right."""
        if pinned is not None and pinned in self._by_id:
            known = [] if source == PERSON else self.steps(pinned, group.key if group else "")
            return Placed(pinned, self._trusted(known, clock))
        plain = self._trusted([], clock)
        if group is None:
            return Placed(None, plain)
        levels = self.levels(group)
        doubtful: list[Choice] = []
        for at, level in enumerate(levels):
            hits = []
            for one, known in level:
                when = plain if source == PERSON else self._trusted(known, clock)
                if when is None:
                    doubtful.append((one, known))
                elif spans.inside(when, one.starts_at, one.ends_at):
                    hits.append(Placed(one.id, when))
            if hits and (at < OTHERS or len(hits) == 1):
                return hits[0]
        choices = [choice for level in levels for choice in level]
        if len(choices) == 1 and doubtful:
            return Placed(choices[0][0].id, None)
        return Placed(None, plain)

    def _trusted(self, known: Steps, clock: str | None) -> str | None:
        when = corrected(known, clock) if clock else None
        return when if when is not None and trust.doubt(when, self._last) is None else None
