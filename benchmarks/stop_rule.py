"""How often the interval of the stop rule holds the truth, on drawn surveys that are reviewed to several points.

    python benchmarks/stop_rule.py [--draws 100]

A survey has animals with few or many pictures, pictures of different quality and visits of one animal that look more
alike; every sighting's list has its 12 nearest. The review goes by anchor or asks the most certain pairs first, 0, 3 or
5 % of the answers are wrong, and it stops at several points; the truth then is how many of the questions that are still
open are the same animal.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spotid.project.asked import AskedPair
from spotid.project.ledger import Event
from spotid.review.estimate import Estimate, rates
from spotid.review.identity import Identities
from spotid.review.queue import Offer, Queue
from spotid.review.tallies import STEPS
from spotid.words import Verdict

STOPS = (0.1, 0.2, 0.35, 0.5, 0.7, 0.9)  # shares of the questions that are asked
SLIPS = (0.0, 0.03, 0.05)  # shares of answers that are wrong
LISTED = 12


@dataclass
class Survey:
    """``who`` (n,): whose picture each sighting is; ``score`` (n, n) 0 to 1."""

    who: np.ndarray
    score: np.ndarray


def drawn(rng: np.random.Generator, sightings: int = 160) -> Survey:
    """A survey: how well animals can be told apart, how often each is seen, and how good pictures are all vary."""
    mean = float(rng.choice([2.0, 4.0, 10.0]))
    sizes = 1 + rng.geometric(1 / mean, sightings)
    who = np.repeat(np.arange(sightings), sizes)[:sightings]
    rng.shuffle(who)
    same = who[:, None] == who[None, :]
    visit = rng.integers(0, 3, sightings)  # pictures of one animal fall into looks: poses, seasons, light
    one_look = same & (visit[:, None] == visit[None, :])
    quality = rng.normal(0, rng.uniform(0, 0.7), sightings)
    middle, sharp = rng.uniform(-1.0, 2.0), rng.uniform(0.7, 1.4)
    odds = np.where(same, middle, -4.0) + 1.5 * one_look + (quality[:, None] + quality[None, :]) * same
    noise = np.triu(rng.normal(0, sharp, odds.shape), 1)
    odds = np.triu(odds, 1) + noise
    return Survey(who, 1 / (1 + np.exp(-(odds + odds.T))))


def reviewed(
    survey: Survey, rng: np.random.Generator, way: str = "certain", slips: float = 0.0
) -> Iterator[tuple[float, Queue, list[AskedPair], int]]:
    """The queue at every stop, with the answers so far, and how many of its open questions are the same animal."""
    count = len(survey.who)
    uids = [f"s{one:05d}" for one in range(count)]
    number = {uid: at for at, uid in enumerate(uids)}
    nearest = np.argsort(-(survey.score - 2 * np.eye(count)), axis=1, kind="stable")[:, :LISTED]
    offers = {
        uids[one]: [Offer(uids[far], 0.5, None, float(survey.score[one, far]), False) for far in nearest[one]]
        for one in range(count)
    }
    known = Identities()
    queue = Queue(uids, offers, known)
    pairs = [(a, b) for a in uids for b in queue.owned[a]]
    if way == "certain":
        pairs.sort(key=lambda pair: -survey.score[number[pair[0]], number[pair[1]]])
    else:
        pairs.sort(key=lambda p: (number[p[0]], -survey.score[number[p[0]], number[p[1]]]))
    every = queue.total.left
    answered: list[AskedPair] = []
    stops = list(STOPS)
    for a, b in pairs:
        while stops and (every - queue.total.left) / every >= stops[0]:
            yield stops.pop(0), queue, answered, waiting(survey, queue, known, number)
        if not queue.is_open(a, b):
            continue
        i, j = number[a], number[b]
        same = bool(survey.who[i] == survey.who[j]) != bool(rng.random() < slips)
        row = len(answered) + 1
        kind = Verdict.SAME if same else Verdict.DIFFERENT
        change = known.apply(Event(row, f"answer{row}", kind, a, b, None, "", None))
        answered.append(AskedPair(i, j, same, {"score": float(survey.score[i, j]), "same_visit": 0.0}))
        queue.update({a, b}.union(change.touched))


def waiting(survey: Survey, queue: Queue, known: Identities, number: dict[str, int]) -> int:
    """How many of the open questions are about one animal, counted as the program counts questions."""
    found = 0
    for owner, others in queue.owned.items():
        asked: dict[int | str, tuple[float, bool]] = {}
        for other in others:
            if queue.is_open(owner, other):
                i, j = number[owner], number[other]
                one = (float(survey.score[i, j]), bool(survey.who[i] == survey.who[j]))
                label = known.label(other)
                asked[label] = max(one, asked.get(label, one))
        found += sum(same for _, same in asked.values())
    return found


def told(queue: Queue, answered: list[AskedPair]) -> Estimate | None:
    """What the program says; None where it says nothing yet."""
    known = rates([(2 * min(STEPS - 1, int((pair.facts["score"] or 0.0) * STEPS)), pair.same) for pair in answered])
    return None if known is None else known.estimate(queue.by_score)


def measured(draws: int, seed: int = 0, sightings: int = 160) -> list[dict[str, object]]:
    """One row for every stop of every draw."""
    rows: list[dict[str, object]] = []
    for draw in range(draws):
        rng = np.random.default_rng([seed, draw])
        survey = drawn(rng, sightings)
        way, slips = ("certain", "anchor")[draw % 2], SLIPS[draw // 2 % len(SLIPS)]
        for stop, queue, answered, truth in reviewed(survey, rng, way, slips):
            found = told(queue, answered)
            rows.append({"draw": draw, "way": way, "stop": stop, "slips": slips, "truth": truth, "found": found})
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    began = time.perf_counter()
    rows = measured(given.draws, seed=given.seed)
    groups: dict[tuple[object, object], list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        groups[row["way"], row["stop"]].append(row)
        groups["slips", row["slips"]].append(row)
        groups["all", "all"].append(row)
    print("way       stop  said  holds  too high  too low  middle width / truth  best / truth")
    for (way, stop), some in sorted(groups.items(), key=str):
        said = [(row["truth"], row["found"]) for row in some if isinstance(row["found"], Estimate)]
        if not said:
            continue
        sides = Counter("low" if f.high < t else "high" if f.low > t else "holds" for t, f in said)  # type: ignore[operator]
        width = float(np.median([(f.high - f.low) / max(1, t) for t, f in said]))  # type: ignore[call-overload]
        best = sum(f.best for _, f in said) / max(1, sum(t for t, _ in said))  # type: ignore[misc]
        shares = [100 * sides[one] / len(said) for one in ("holds", "high", "low")]
        print(
            f"{way:9} {stop!s:4} {len(said):5} {shares[0]:5.1f}% {shares[1]:8.1f}% {shares[2]:7.1f}% "
            f"{width:12.2f} {best:20.2f}"
        )
    print(f"{given.draws} surveys in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
