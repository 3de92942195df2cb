"""From the rows that a collection has under one name to answers: one animal where that is sure, else a question."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from spotid.boxes import Box
from spotid.project import ledger
from spotid.project.collections import SPACE, RowState
from spotid.project.following import Animal, Said, Waiting
from spotid.project.names_kept import same, why_not_kept
from spotid.review.facts import NAME
from spotid.review.identity import Identities
from spotid.words import Flank, MediaState, Verdict

REVIEWER = "import"
OVERLAP = 0.5  # of a box that a sheet names with the one that was found, intersection over union
TAKEN_BACK = "A person took this back."


@dataclass(frozen=True, slots=True)
class Claim:
    """What becomes of a row. ``sighting``: what it is used for."""

    row: int
    state: str
    why: str = ""
    sighting: str = ""


class Claims:
    """The answers that follow from rows, gathered name by name; ``answers`` are to be kept in this order.

    ``by_name``: a name in lower case → the number of its individual. ``stands`` tells of an answer's number whether it
    stands, was taken back, or was never given. ``named``: the names that the collection has for sightings. ``chosen``:
    row → the sighting that a person says it is about.
    """

    def __init__(
        self,
        identities: Identities,
        collection: Waiting,
        by_name: Callable[[str], int | None],
        codes: Callable[[], Mapping[int, str]],
        stands: Callable[[str], bool | None],
        named: Callable[[set[str]], set[str]],
        chosen: Mapping[int, str] | None = None,
        reviewer: str = REVIEWER,
    ) -> None:
        self._known, self._collection, self._numbers, self._codes = identities, collection, by_name, codes
        self._stands, self._named, self._chosen = stands, named, dict(chosen or {})
        self._reviewer = reviewer
        self._adopted: dict[int, str] = {}
        self.answers: list[ledger.Answer] = []

    def settle(self, name: str, rows: Sequence[Said]) -> list[Claim]:
        """What becomes of the open rows under a name."""
        claims, clear = [], []
        for row in rows:
            if row.state == RowState.USED:
                continue
            claim, animals = self._resolve(row)
            claims += [claim] if claim is not None else []
            clear += [(row, animals)] if claim is None else []
        if not name:
            return claims + [self._flanks(row, animals) for row, animals in clear]
        if not clear:
            return claims
        uids = [one.uid for _, animals in clear for one in animals if self._correctable(one.uid) is None]
        target, why = self._target(name, rows, uids)
        if why:
            return claims + [Claim(row.row, RowState.ASK, why) for row, _ in clear]
        return claims + self._join(name, target, clear)

    # --- which animals a row is about --------------------------------------------------------------------------------

    def _resolve(self, row: Said) -> tuple[Claim | None, list[Animal]]:
        def ask(why: str) -> tuple[Claim, list[Animal]]:
            return Claim(row.row, RowState.ASK, why), []

        if row.media_state is None or row.media_state in (MediaState.FOUND, MediaState.READ):
            return Claim(row.row, RowState.WAITS), []
        if row.media_state == MediaState.MISSING:
            return Claim(row.row, RowState.WAITS, "The file is not there now."), []
        if row.media_state == MediaState.PROBLEM:
            return Claim(row.row, RowState.WAITS, f"The file can't be used. {row.detail}".strip()), []
        who = f"“{row.name}”" if row.name else "the one that is meant"
        animals = list(row.animals)
        if row.row in self._chosen:
            return None, [one for one in animals if one.uid == self._chosen[row.row]]
        if row.others and self._collection.answers.get("two names") != "as told":
            return ask("The very same photograph lies under another name too.")
        if not animals and row.other_species:
            return ask("The animal in it is on the shelf of other species.")
        if not animals:
            return ask("No animal was found in it. Draw its box; the next run goes on with it.")
        frames = {one.frame for one in animals}
        if row.box and len(animals) > 1:
            animals = [one for one in animals if _overlap(one, row.box) >= OVERLAP]
            if len(animals) != 1:
                return ask(f"None of the boxes in it is the one that the sheet names for {who}. Which one is it?")
        if len(animals) > 1 and not (row.clip and len(frames) == len(animals)):
            where = "Pictures of the clip show several animals" if row.clip else f"{len(animals)} animals are in it"
            return ask(f"{where}. Which one is {who}?")
        return None, animals

    # --- which individual a name means -------------------------------------------------------------------------------

    def _target(self, name: str, rows: Sequence[Said], uids: Sequence[str]) -> tuple[int | None, str]:
        """The number of the individual that the name means, None for a new one; or why nobody but a person can say."""
        used = {self._known.individual(row.sighting) for row in rows if row.state == RowState.USED and row.sighting}
        used.discard(None)
        if len(used) > 1:
            return None, f"The pictures of “{name}” are of several individuals now: {self._called(used)}."
        if used:
            return used.pop(), ""
        named = self._by_name(name)
        same_animal = self._collection.kind == "update" or self._collection.answers.get("known") == "same"
        others = {self._known.individual(one) for one in uids} - {None}
        if named is not None and (same_animal or others == {named}):
            return named, ""
        if named is not None and self._collection.answers.get("known") != "other":
            called = self._called({named})
            return None, f"{called} has this name in the project already. Is it the same animal?"
        if len(others) > 1:
            return None, f"Answers of people put pictures of “{name}” into several individuals: {self._called(others)}."
        if not others:
            return None, ""
        number = next(one for one in others if one is not None)
        return number, self._why_not(name, number)

    def _by_name(self, name: str) -> int | None:
        number = self._numbers(name.casefold())
        if number is None and self._collection.kind == "update":
            code = name.casefold()
            number = next((one for one, own in self._codes().items() if own.casefold() == code), None)
            number = number if number is not None and self._known.seat(number) is not None else None
        return number

    def _why_not(self, name: str, number: int) -> str:
        """Why an individual that people found can't be the one of this name; nothing where it can."""
        own = self._known.name_of(number)
        if own and same(own) != same(name):
            return f"People put it into {self._called({number})}, and that is not “{name}”."
        seat = self._known.seat(number)
        theirs = self._named(self._known.group(seat)) if seat is not None else set()
        theirs |= {self._adopted.setdefault(number, name)}
        if theirs - {name}:
            others = " and ".join(f"“{other}”" for other in sorted(theirs - {name})[:3])
            return f"Answers of people say that “{name}” and {others} are one individual, {self._called({number})}."
        return ""

    def _called(self, numbers: set[int | None]) -> str:
        words, codes = [], self._codes()
        for number in sorted(one for one in numbers if one is not None):
            code, name = codes.get(number, str(number)), self._known.name_of(number)
            words.append(f"{code} (“{name}”)" if name else code)
        return ", ".join(words)

    # --- answers -----------------------------------------------------------------------------------------------------

    def _join(self, name: str, target: int | None, clear: Sequence[tuple[Said, list[Animal]]]) -> list[Claim]:
        claims, joined = [], list[str]()
        founder = self._known.seat(target) if target is not None else None
        described = target is not None and bool(self._known.name_of(target))
        for row, animals in clear:
            claim = Claim(row.row, RowState.USED, "", animals[0].uid if animals else "")
            for one in animals:
                number = self._known.individual(one.uid)
                back = self._correctable(one.uid) if number not in (None, target) else None
                apart = (self._apart(one.uid, other, back is not None) for other in filter(None, (founder, *joined)))
                if number not in (None, target) and back is None:
                    why = f"People put it into {self._called({number})}, and the collection says “{name}”."
                    claim = Claim(row.row, RowState.ASK, why)
                elif any(apart):
                    claim = Claim(row.row, RowState.ASK, f"People said that this is another animal than “{name}”.")
                elif number is None or back is not None or founder is None:
                    if back is not None:
                        self._take_back(back)
                    kind = Verdict.ASSIGN if founder is not None else Verdict.NEW
                    if (number is None or back is not None) and not self._say(kind, one.uid, founder, name):
                        claim = Claim(row.row, RowState.TAKEN_BACK, TAKEN_BACK)
                        continue
                    founder = founder or one.uid
                    joined.append(one.uid)
                if claim.state == RowState.USED and not described:
                    described = True
                    self._describe(one.uid, name, target)
            if claim.state == RowState.USED:
                self._say_flank(row, animals)
            claims.append(claim)
        return claims

    def _apart(self, sighting: str, other: str, alone: bool) -> bool:
        """Whether answers say that two sightings are two animals; ``alone``: whatever the first one's group is now."""
        if not alone:
            return self._known.relation(sighting, other) is Verdict.DIFFERENT
        group = self._known.group(other)
        return any(self._known.forbids(sighting, one) or self._known.mates(sighting, one) for one in group)

    def _say(self, kind: Verdict, a: str, b: str | None, name: str, **says: object) -> bool:
        """Give an answer that was not given yet; False where it was and a person took it back."""
        said = " ".join(map(str, (self._collection.uid, kind, *sorted(filter(None, (a, b))), *says.values())))
        prefix = ledger.IMPORTED if self._reviewer == REVIEWER else "chosen-"
        uid = f"{prefix}{uuid.uuid5(SPACE, said)}"
        known = self._stands(uid)
        if known is None:
            evidence = {"import": self._collection.uid, **({"as": name} if name else {}), **says}
            self.answers.append(ledger.Answer(uid, kind, a, b, reviewer=self._reviewer, evidence=evidence))
        return known is not False

    def _correctable(self, sighting: str) -> str | None:
        """The one answer of an import by which a sighting belongs to its individual, which a later sheet may correct;
        None where people have said anything of it, or where others hang on it."""
        if self._collection.kind != "update":
            return None
        said = [uid for uids in self._known.joins(sighting).values() for uid in uids]
        said += self._known.called_new(sighting)
        return said[0] if len(said) == 1 and said[0].startswith(ledger.IMPORTED) else None

    def _take_back(self, target: str) -> None:
        evidence = {"for": self._collection.uid}
        undo = ledger.Answer(back_uid(target), Verdict.UNDO, target=target, reviewer=self._reviewer, evidence=evidence)
        self.answers.append(undo)

    def _describe(self, sighting: str, name: str, target: int | None) -> None:
        """Give an individual its name; one that it can't have is noted."""
        taken = self._numbers(name.casefold())
        if not why_not_kept(name) and (taken is None or taken == target):
            self._say(Verdict.DESCRIBE, sighting, None, name, facts={NAME: name})
        elif target is None:
            said = {"notes": f"“{name[:200]}” in an imported collection."}
            self._say(Verdict.DESCRIBE, sighting, None, name, facts=said)

    def _flanks(self, row: Said, animals: Sequence[Animal]) -> Claim:
        self._say_flank(row, animals)
        return Claim(row.row, RowState.USED, "", animals[0].uid if animals else "")

    def _say_flank(self, row: Said, animals: Sequence[Animal]) -> None:
        """The side that a collection tells, of a single animal; what a person has said stays."""
        if row.flank in set(Flank) - {Flank.UNKNOWN} and len(animals) == 1 and animals[0].flank_by != "person":
            self._say(Verdict.FLANK, animals[0].uid, None, row.name, flank=row.flank)


def back_uid(target: str) -> str:
    """The number of the answer that takes an imported one back."""
    return f"{ledger.IMPORTED}{uuid.uuid5(SPACE, f'back {target}')}"


def _overlap(animal: Animal, told: str) -> float:
    x, y, w, h = (float(part) for part in told.split())
    return Box(*animal.box).iou(Box(x, y, w, h))
