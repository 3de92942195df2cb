"""The pairs that the review would ask of a labelled set, answered by the labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict

from labels import LabelledSet

from spotid.boxes import Box
from spotid.project import sightings
from spotid.project.asked import AskedPair
from spotid.project.candidates import Candidate, Candidates
from spotid.project.folder import Project
from spotid.project.ledger import Event
from spotid.review.identity import Identities
from spotid.review.queue import Offer, Queue
from spotid.settings import DEFAULTS
from spotid.words import Verdict

OVERLAP = 0.3  # of a sighting's box with the true one, from which on it shows that animal
DEEP = 100  # of a list that is looked through for animals that take part


def label_of_sightings(project: Project, labelled: LabelledSet) -> dict[int, int]:
    """Sighting → label. Where the true box is known, a box must overlap it; else the surest box of a picture counts."""
    by_path: dict[str, list[int]] = defaultdict(list)
    for number, label in enumerate(labelled.labels):
        by_path[label.path].append(number)
    found: dict[int, int] = {}
    taken: set[int] = set()
    for row in project.store.all(f"{sightings.FACTS} WHERE sighting.state != 'withdrawn' ORDER BY sighting.score DESC"):
        for number in by_path[row["relpath"]]:
            box = labelled.labels[number].box
            if box is None and number in taken:
                continue
            if box is None or box.iou(Box(row["x"], row["y"], row["w"], row["h"])) > OVERLAP:
                found[row["id"]] = number
                taken.add(number)
                break
    return found


def asked(
    project: Project,
    labelled: LabelledSet,
    only: Collection[str] | None = None,
    nearest: int = DEFAULTS["nearest"],
) -> list[AskedPair]:
    """The pairs that a reviewer who knows the labels would be asked and would answer *same* or *different*.

    Anchors come in the review's order, each with its ``nearest`` best; what answers imply is not asked, nor are
    opposite sides, except in one visit. Boxes without a label are left out. ``only`` keeps to some individuals.
    """
    label_of = label_of_sightings(project, labelled)
    if only is not None:
        label_of = {one: number for one, number in label_of.items() if labelled.labels[number].identity in only}
    candidates = Candidates(project.layout)
    lists = candidates.best_pairs(DEEP)
    candidates.close()

    def fits(anchor: int, one: Candidate) -> bool:
        if one.candidate not in label_of:
            return False
        a, b = (labelled.labels[label_of[sighting]].side for sighting in (anchor, one.candidate))
        return one.same_visit or not (a and b and a != b)

    offered = {
        anchor: [one for one in entries if fits(anchor, one)][:nearest]
        for anchor, entries in lists.items()
        if anchor in label_of
    }
    facts = {(str(anchor), str(one.candidate)): asdict(one) for anchor, found in offered.items() for one in found}
    order = [
        str(row["id"])
        for row in project.store.all(
            "SELECT sighting.id FROM sighting JOIN media ON media.id = media_id"
            " ORDER BY station_id, captured_at, media.id, sighting.id"
        )
        if row["id"] in offered
    ]
    identities = Identities()
    offers = {
        str(anchor): [
            Offer(
                comparison=str(one.candidate),
                likeness=one.likeness,
                spots=one.spots,
                score=one.score,
                same_visit=one.same_visit,
            )
            for one in found
        ]
        for anchor, found in offered.items()
    }
    queue = Queue(order, offers, identities)
    pairs: list[AskedPair] = []
    answers = 0
    for anchor in order:
        while open_offers := queue.open_offers(anchor):
            other = open_offers[0][1].comparison
            a, b = (labelled.labels[label_of[int(one)]] for one in (anchor, other))
            verdict = Verdict.SAME if a.identity == b.identity else Verdict.DIFFERENT
            pairs.append(AskedPair(int(anchor), int(other), verdict is Verdict.SAME, facts[anchor, other]))
            answers += 1
            identities.apply(Event(answers, str(answers), verdict, min(anchor, other), max(anchor, other)))
    return pairs
