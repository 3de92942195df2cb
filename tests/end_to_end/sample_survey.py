"""The sample survey as a reviewer who knows its truth leaves it half done: what the documentation's pictures show."""

from __future__ import annotations

import csv
import itertools
import uuid
from collections import defaultdict
from pathlib import Path

from spotid.review import deeds
from spotid.review.desk import Desk

ANSWERED = {
    "L01": "Amina",
    "L02": "Neema",
    "L03": "Zuri",
    "L04": "Tatu",
}  # the animals that the reviewer has worked through; the others are left
REVIEWER = "ANA"


def animals(repository: Path, desk: Desk) -> dict[str, list[str]]:
    """The sightings of every animal of the sample survey, by the box that lies nearest to the true one."""
    seen: dict[str, list[str]] = defaultdict(list)
    found = defaultdict(list)
    for row in desk.project.store.all(
        "SELECT sighting.uid, x, w, relpath FROM sighting JOIN media ON media.id = media_id WHERE sighting.state ="
        " 'embedded'"
    ):
        found[row["relpath"]].append(row)
    with (repository / "sample_data" / "truth" / "sightings.csv").open(encoding="utf-8") as table:
        for line in csv.DictReader(table):
            middle = float(line["x"]) + float(line["w"]) / 2
            near = sorted(found[line["path"]], key=lambda row: abs(row["x"] + row["w"] / 2 - middle))
            if near and abs(near[0]["x"] + near[0]["w"] / 2 - middle) < 0.2:
                seen[line["individual"] + line["flank"]].append(near[0]["uid"])
    return seen


def review_half(repository: Path, desk: Desk) -> None:
    """Answer for four animals, name them, link their sides; leave one new animal, one unusable and one mistake."""
    known = animals(repository, desk)
    for key, uids in sorted(known.items()):
        if key[:3] not in ANSWERED:
            continue
        for one, other in itertools.pairwise(uids):
            if not desk.identities.relation(one, other):
                desk.answer(str(uuid.uuid4()), "same", one, other, seconds=6.2, reviewer=REVIEWER)
    for animal, name in ANSWERED.items():
        left, right = known.get(f"{animal}left"), known.get(f"{animal}right")
        if left and right:
            deeds.link(desk, str(uuid.uuid4()), left[0], right[0], reviewer=REVIEWER)
        if either := left or right:
            said = {"name": name, "sex": "female"}
            deeds.describe(desk, str(uuid.uuid4()), either[0], said, reviewer=REVIEWER)
    left = [uids for key, uids in sorted(known.items()) if key[:3] not in ANSWERED]
    alone, blurred = left[0][0], left[-1][0]
    desk.answer(str(uuid.uuid4()), "new", alone, seconds=9.8, reviewer=REVIEWER)
    desk.answer(str(uuid.uuid4()), "unusable", blurred, seconds=3.1, reviewer=REVIEWER)
    chain = next(uids for _, uids in sorted(known.items()) if len(uids) >= 4)
    desk.answer(str(uuid.uuid4()), "different", chain[0], chain[2], seconds=1.4, reviewer=REVIEWER)
