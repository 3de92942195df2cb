"""Who is who, computed from the answers alone.

*Same* joins, *different* forbids; both hold through groups (if A is B, and B is not C, then A is not C). Everything
here is a pure function of the ledger read in order, so it can be recomputed at any time.

An answer may cover other pictures of the two visits that were on the screen: a join then joins all of them, and what
was said of a pair holds for every pair between the two visits. *Assign*, *merge* and *link* join like *same*. A *split*
names the sightings that are another animal and those that stay; it cuts the joins between them that there were, forbids
new ones, and each part holds together by the person's word. A *release* cuts without forbidding.

Individuals are numbered in the order in which they come into being, and a number is never given to another animal. A
number is *seated* on one sighting, the first of the answer that it was born of; a group goes by the oldest number
seated in it. Joining two groups therefore keeps the older number, and taking the newest answer back gives every group
exactly the number that it had before. A split leaves the number with what stays. Only when an older answer is taken
back and leaves a group without a seat does a number move there from a sighting that is alone now; otherwise the group
founds an individual.

The code of an individual is its number after the word that the answer has for it that it was born of (``codes``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from spotid.codes import code, word_of
from spotid.review.said import AnswerLike, covered, parts, sides
from spotid.review.seats import Change
from spotid.review.standing import Conflict, Standing
from spotid.words import JOINING, PAIR_VERDICTS, Verdict

__all__ = ["AnswerLike", "Change", "Conflict", "Identities", "replay"]


class Identities(Standing):
    """The state of all groups after some answers."""

    # --- answers -----------------------------------------------------------------------------------------------------

    def photograph(self, sightings: Iterable[str]) -> None:
        """Say that these sightings are in one photograph, and so are different animals."""
        together, self._conflicts = set(sightings), None
        for one in together:
            self._mates.setdefault(one, set()).update(together - {one})

    def apply(self, answer: AnswerLike) -> Change:
        """Follow one answer of the ledger; an answer taken back twice, or unknown, changes nothing."""
        change = self._followed(answer)
        for number in change.founded:
            members = sorted(one for one, now in change.individual.items() if now == number)
            word = word_of(answer.more, [*filter(None, (self._seats.seat(number),)), *members])
            self._codes[number] = code(word, number)
        return change

    def _followed(self, answer: AnswerLike) -> Change:
        change = Change()
        if answer.kind == Verdict.FLANK:
            return change  # which side is seen says nothing of who it is
        if answer.kind == Verdict.UNDO:
            target = self._answers.pop(answer.target or "", None)
            if target is not None:
                self._retract(target, change)
            return change
        self._answers[answer.uid] = answer
        if answer.kind == Verdict.SECOND:
            self._second[answer.uid] = answer
        elif answer.kind == Verdict.DESCRIBE:
            number = self.individual(answer.a or "")
            if number is not None:
                self._facts.add(answer, number)
                change.described.add(number)
        elif answer.kind in (Verdict.SPLIT, Verdict.RELEASE):
            self._take_out(answer, change)
        else:
            self._say(answer, change)
        return change

    def _say(self, answer: AnswerLike, change: Change) -> None:
        ours, theirs = sides(answer)
        change.touched.update(ours)
        if answer.kind in PAIR_VERDICTS:
            self._told.add(answer.uid, ours, theirs)
            self.pair_answers += 1
        if answer.kind == Verdict.DIFFERENT:
            self._apart.add(answer.uid, ours, theirs)
            self._forbidden(ours, theirs, change)
        elif answer.kind in (Verdict.NEW, Verdict.UNUSABLE):
            for one in ours:
                (self._new if answer.kind == Verdict.NEW else self._unusable).setdefault(one, set()).add(answer.uid)
        if answer.kind in JOINING or answer.kind == Verdict.NEW:
            self._join(self._joins.add(answer), change)
            self._seats.renumber([self.group(ours[0])], change, founder=answer.a)

    def _join(self, edges: Iterable[tuple[str, str]], change: Change) -> None:
        for x, y in edges:
            if self.relation(x, y) is Verdict.DIFFERENT:
                self._conflicts = None
            if self.label(x) != self.label(y):
                change.touched |= self._between([self.group(x), self.group(y)])
                self._groups.join(x, y)

    def _take_out(self, answer: AnswerLike, change: Change) -> None:
        """A split, or a release."""
        out, stay = parts(answer)
        if not out:
            return
        self._conflicts = None
        before = [self.group(one) for one in {self.label(one): one for one in (*out, *stay)}.values()]
        if len(before) == 1:
            self._seats.stay(answer.uid, out, stay)
        known = [self._answers[uid] for uid in (answer.more or {}).get("cut", ()) if uid in self._answers]
        apart = answer.kind == Verdict.SPLIT
        self._joins.cut(answer.uid, known, set(out), set(stay) if apart else None)
        added = self._joins.add(answer)
        if apart:
            self._apart.add(answer.uid, out, stay)
        else:
            for cut in (cut for cut in known if cut.kind == Verdict.NEW):
                for one in set(covered(cut, cut.a)) & set(out):
                    self._unsaid.setdefault((cut.uid, one), set()).add(answer.uid)
                    self._new.get(one, set()).discard(cut.uid)
        for one in (*out, *stay) if apart else stay:
            self._someone.setdefault(one, set()).add(answer.uid)
        self._regroup(before, change, added)
        if apart:
            self._forbidden(out, stay, change)

    def _retract(self, answer: AnswerLike, change: Change) -> None:
        self._second.pop(answer.uid, None)
        if answer.kind == Verdict.DESCRIBE:
            number = self._facts.remove(answer)
            change.described |= {number} if number is not None else set()
            return
        out, stay = parts(answer) if answer.kind in (Verdict.SPLIT, Verdict.RELEASE) else ([], [])
        ours, theirs = sides(answer)
        concerned = {*ours, *theirs, *out, *stay}
        before = [self.group(one) for one in {self.label(one): one for one in concerned}.values()]
        change.touched |= concerned
        if answer.kind in PAIR_VERDICTS:
            self._told.remove(answer.uid, ours, theirs)
            self.pair_answers -= 1
        self._apart.remove(answer.uid, (*ours, *out), (*theirs, *stay))
        for register in (self._new, self._unusable, self._someone):
            for one in concerned:
                register.get(one, set()).discard(answer.uid)
        if answer.kind == Verdict.DIFFERENT:
            self._conflicts = None if self._conflicts else self._conflicts  # taking back adds none
            self._forbidden(ours, theirs, change)
        elif out:
            self._conflicts = None
            self._say_again(answer, out)
            self._seats.put_back(answer.uid)
        elif answer.kind in JOINING or answer.kind == Verdict.NEW:
            self._conflicts = None if self._conflicts else self._conflicts
        if out or answer.kind in JOINING or answer.kind == Verdict.NEW:
            self._regroup(before, change, self._joins.remove(answer))
        if answer.kind == Verdict.SPLIT:
            self._forbidden(out, stay, change)

    def _say_again(self, release: AnswerLike, out: Iterable[str]) -> None:
        """A release is taken back: what it left unsaid, that a sighting is a new individual, counts again."""
        for uid in (release.more or {}).get("cut", ()):
            for one in out:
                by = self._unsaid.get((uid, one))
                if by is None or release.uid not in by:
                    continue
                by.discard(release.uid)
                if not by:
                    del self._unsaid[uid, one]
                    if uid in self._answers:
                        self._new.setdefault(one, set()).add(uid)

    def _regroup(self, groups: Iterable[set[str]], change: Change, joined: Iterable[tuple[str, str]] = ()) -> None:
        """Take groups apart where nothing joins them any more, and join what is ``joined`` now."""
        made: list[set[str]] = []
        for group in list(groups):
            left = self._groups.part(group, self._joins.neighbours)
            if len(left) > 1:
                change.touched |= self._between(left)
            made += left
        self._join(joined, change)
        made = [self.group(one) for one in {self.label(one): one for group in made for one in group}.values()]
        self._seats.renumber(made, change)

    def _forbidden(self, ours: Iterable[str], theirs: Iterable[str], change: Change) -> None:
        """What an answer *different*, or taking it back, may have changed: the pairs between the groups."""
        labels = {self.label(one) for one in ours}
        if any(self.label(one) in labels for one in theirs):
            self._conflicts = None
        one, other = (set().union(*map(self.group, side)) for side in (ours, theirs))
        change.touched |= min(one, other, key=len)

    def _between(self, groups: Collection[set[str]]) -> set[str]:
        """Sightings among which is one of every pair that stands otherwise when groups become one, or come apart.

        Those pairs lie between them, or between one of them and a third group that differs from another one. The
        smaller side of each is named: a survey's best known individual may have hundreds of sightings.
        """
        *small, large = sorted(groups, key=len)
        named = set().union(*small)
        far: dict[int | str, str] = {}
        for near in named:
            others = [*self._mates.get(near, ())]
            others += [one for side in self._apart.of(near).values() for one in side]
            far |= {self.label(one): one for one in others}
        for third in far.values():
            named |= min(large, self.group(third), key=len)
        return named


def replay(answers: Iterable[AnswerLike], photographs: Iterable[Iterable[str]] = ()) -> Identities:
    """The state of all groups after these answers, oldest first."""
    state = Identities()
    for sightings in photographs:
        state.photograph(sightings)
    for answer in answers:
        state.apply(answer)
    return state
