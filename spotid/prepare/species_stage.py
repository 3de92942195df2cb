"""The stage *species*: animals of other species leave the line before anything is computed of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from spotid.boxes import Box
from spotid.picture import pixels
from spotid.prepare.parts import Classifier, Named
from spotid.progress import Progress
from spotid.project import aside, classified, crashes, hand, media, recognised_rows, species
from spotid.project.classified import Word
from spotid.project.folder import Project
from spotid.words import Stage

if TYPE_CHECKING:
    import numpy as np

TOGETHER = 8  # animals that a classifier sees at once
PIXELS = 50_000_000  # of their photographs in memory, 150 MB; one alone may have more
SETTLED_AFTER = 512  # animals: so often the shelf follows what has been said so far


def classify_pending(
    project: Project,
    classifier: Classifier | None,
    ours: species.Ours,
    settings: dict[str, Any],
    progress: Progress,
) -> None:
    """Let a classifier say the species of every animal of whom nobody else has; to be followed by ``sort_out``.

    It is asked once of each animal, all anew where another classifier is chosen; what it said is kept with its scores,
    and a name that is not sure enough says nothing. A stopped run goes on with those it has not seen. With None the
    word of earlier ones no longer counts. ``ours`` says of a name whether individuals are told apart of it. Animals
    whose photograph has changed, or whose folder is not there, wait for the next run.
    """
    store = project.store
    if classifier is None:
        classified.put_in_force(store, None)
        progress.expect(0)
        return
    identity = classifier.identity()
    row = classified.begin(store, identity, classifier.name, classifier.least, partial(_decided, ours=ours))
    if classified.in_force(store) is None:
        classified.put_in_force(store, row)
    recognised_rows.tell_species(store)
    species.follow(store)
    nothing = [name for name in classified.told_by_others(store) if ours(name) is None]
    waiting = classified.pending(store, row, nothing)
    progress.expect(len(waiting))
    if waiting:
        classifier.load()
        _Work(project, classifier, row, ours, settings).go(waiting, progress)
    # Another one's word counts until this one has looked at all: no animal comes back from the shelf in between.
    classified.put_in_force(store, row)


def sort_out(project: Project, ours: species.Ours, progress: Progress) -> None:
    """Put every animal where its species belongs, as it is told.

    By whom it may be told, and what counts more, says ``spotid.project.species``. ``ours`` says of a name whether
    individuals are told apart of it, None where the name says nothing of that. Animals of whom nothing was told go on.
    Nothing is done twice.
    """
    recognised_rows.tell_species(project.store)
    done = species.settle(project.store, ours)
    if done.out:
        progress.step(0, f"{done.out:,} animals are of other species and wait on their shelf.")
    if done.back:
        progress.step(0, f"{done.back:,} animals came back from the shelf of other species.")
    if done.kept:
        progress.step(
            0, f"{done.kept:,} animals are told to be of another species but were identified before; they stay."
        )


def _decided(words: Sequence[Word], least: float, ours: species.Ours) -> Word | None:
    """The name that counts: the first that is sure enough, and no group that one of ours belongs to where that would
    rule ours out."""
    sure = next((one for one in words if one.score >= least), None)
    if sure is None or not sure.name:
        return None
    return None if sure.wide and ours(sure.name) is False else sure


class _Work:
    """One classifier at work on the animals of a project."""

    def __init__(
        self, project: Project, classifier: Classifier, row: int, ours: species.Ours, settings: dict[str, Any]
    ) -> None:
        self._project, self._classifier, self._row, self._ours = project, classifier, row, ours
        self._roots = {root: path for root, path in media.roots(project.store).items() if aside.is_there(path)}
        self._judge = aside.Judge()
        self._opened: tuple[int, np.ndarray] | None = None
        self._together = max(1, min(TOGETHER, int(settings["batch"])))

    def go(self, waiting: Sequence[int], progress: Progress) -> None:
        """Ask about the animals ``waiting``, those of one picture one after the other; each batch is kept at once."""
        fatal = crashes.aside(self._project.store, Stage.SPECIES)
        changed = set[int]()
        for start in range(0, len(waiting), self._together):
            rows = classified.facts(self._project.store, waiting[start : start + self._together])
            fit = [row for row in rows if row["media_uid"] not in fatal and row["root_id"] in self._roots]
            said: list[tuple[int, Sequence[Word], Word | None]] = []
            for part in self._parts(fit):
                with hand.holding(self._project, Stage.SPECIES, [row["media_uid"] for row in part]):
                    loaded = [(row, frame) for row in part if (frame := self._frame(row, changed)) is not None]
                    said += [(row["id"], words, self._counts(words)) for row, words in self._asked(loaded)]
            classified.keep(self._project.store, self._row, said)
            progress.step(len(waiting[start : start + self._together]))
            if (start + self._together) % SETTLED_AFTER < self._together:
                species.settle(self._project.store, self._ours)
        if changed:
            progress.step(0, f"{len(changed)} photographs changed while the run was going on. Run again to name them.")

    def _parts(self, rows: Sequence[sqlite3.Row]) -> Iterator[Sequence[sqlite3.Row]]:
        """A batch as it may be worked on together: no suspected file with others, no more photographs than memory."""
        for part in hand.apart(self._project, Stage.SPECIES, rows, "media_uid"):
            piece: list[sqlite3.Row] = []
            sizes: dict[int, int] = {}
            for row in part:
                sizes[row["media_id"]] = (row["width"] or 0) * (row["height"] or 0)
                if piece and sum(sizes.values()) > PIXELS:
                    yield piece
                    piece, sizes = [], {row["media_id"]: sizes[row["media_id"]]}
                piece.append(row)
            if piece:
                yield piece

    def _frame(self, row: sqlite3.Row, changed: set[int]) -> np.ndarray | None:
        """The animal's photograph, upright; None where it has changed, or can't be read."""
        if self._opened is not None and self._opened[0] == row["media_id"]:
            return self._opened[1]
        self._opened = None  # the one before makes room first
        try:
            path = media.source_path(self._project.store, row["media_id"])
            frame = pixels(path)
            about = path.stat()
            if (about.st_size, about.st_mtime_ns) != (row["bytes"], row["modified_ns"]):
                changed.add(row["media_id"])
                return None
        except Exception as error:
            self._judge.fault(error, self._roots[row["root_id"]])
            return None  # the crop will say what is wrong with it
        self._opened = (row["media_id"], frame)
        return frame

    def _asked(self, loaded: Sequence[tuple[sqlite3.Row, np.ndarray]]) -> Iterator[tuple[sqlite3.Row, Sequence[Word]]]:
        """What the classifier says; an animal that breaks it is asked about alone, and goes on without a name."""
        if not loaded:
            return
        try:
            found = self._classifier.classify([(frame, _box(row)) for row, frame in loaded])
            words = [[_word(one) for one in names] for names in found]
            if len(words) != len(loaded):
                raise ValueError("the classifier left animals out")
        except Exception as error:
            if len(loaded) > 1:
                for one in loaded:
                    yield from self._asked([one])
                return
            self._judge.fault(error)
            yield loaded[0][0], ()
            return
        self._judge.fine()
        yield from zip((row for row, _ in loaded), words, strict=True)

    def _counts(self, words: Sequence[Word]) -> Word | None:
        return _decided(words, self._classifier.least, self._ours)


def _box(row: sqlite3.Row) -> Box:
    return Box(row["x"], row["y"], row["w"], row["h"])


def _word(named: Named) -> Word:
    if not 0 <= named.score <= 1:  # false for "not a number" too
        raise ValueError(f"the classifier gave a score that is none: {named.score}")
    return Word(named.name, float(named.score), named.taxonomy, named.wide)
