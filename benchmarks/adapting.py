"""What a head that place and time have taught does to an embedding. On generated surveys, or its seconds.

    python -m benchmarks.adapting [--surveys 2] [--seed 5] [--dim 512]
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.adapting --seconds 2000

A generated embedding is the sum of the animal, what all pictures share, one of twelve views, the station's background
and noise, each of a spectrum that falls like that of embeddings of real pictures. Per survey and head: mean average
precision and share of sightings with their animal among the five most alike, one's own visit left out, by cosine, by
cosine times feasibility, and by chances of ``match.fuse``: with a line learnt on the adapted cosines, which already
know of places, and with the line learnt on those as given, the log-odds of both halved.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace

import numpy as np

from spotid.match import fuse
from spotid.match.adapt import PAPER, AdaptSettings, adapt
from spotid.movement.feasible import of_survey
from spotid.movement.records import Records

KINDS = {
    "pictures say much": {},
    "pictures say little": {"noise": 1.6},
    "and families, backgrounds": {"noise": 1.6, "background": 0.8, "families": 15},
}
HEADS = {
    "as given": None,
    "the paper's weights": PAPER,
    "ours": AdaptSettings(),
    "ours, drawn batches": AdaptSettings(at_once=100, batch=512),
}
ANIMALS, STATIONS, SIZE_KM, SIGMA_KM, DAYS, EVENTS, VIEWS = 90, 50, 20.0, 1.8, 90.0, 5.0, 12


def survey(
    seed: int, dim: int, noise: float = 1.0, background: float = 0.3, families: int = ANIMALS
) -> tuple[np.ndarray, Records, np.ndarray, np.ndarray]:
    """Embeddings (n, dim), records, animal (n,) and visit (n,)."""
    draw = np.random.default_rng(seed)
    cameras, homes = draw.uniform(0, SIZE_KM, (STATIONS, 2)), draw.uniform(0, SIZE_KM, (ANIMALS, 2))
    if families < ANIMALS:
        homes = homes[draw.integers(0, families, ANIMALS)]
    rows: list[tuple[int, int, float, int]] = []
    visits = 0
    for animal, home in enumerate(homes):
        near = np.exp(-((cameras - home) ** 2).sum(1) / (2 * SIGMA_KM**2)) + 1e-9
        events = 1 + draw.geometric(1 / EVENTS)
        for station in draw.choice(STATIONS, events, p=near / near.sum()):
            when, visits = draw.uniform(0, DAYS), visits + 1
            rows += [(animal, int(station), when + k / 86400, visits) for k in range(1 + (draw.random() < 0.3))]
    who, station, days, visit = (np.array(column) for column in zip(*rows, strict=True))
    falling, turned = 1 / np.sqrt(np.arange(1, dim + 1)), np.linalg.qr(draw.normal(size=(dim, dim)))[0]

    def drawn(count: int) -> np.ndarray:
        made = draw.normal(size=(count, dim)) * falling
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    vectors = drawn(ANIMALS)[who] + background * drawn(STATIONS)[station] + 0.5 * drawn(1)
    vectors += 0.8 * drawn(VIEWS)[draw.integers(0, VIEWS, len(who))] + noise * drawn(len(who))
    vectors = vectors @ turned
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), Records(cameras[station], days, station, degrees=False), who, visit


def found(score: np.ndarray, who: np.ndarray, visit: np.ndarray) -> tuple[float, float]:
    """Share with one's own animal among the first five, and mean average precision; the own visit left out."""
    apart = visit[:, None] != visit
    same = (who[:, None] == who) & apart
    asked = same.any(axis=1)
    order = np.argsort(-np.where(apart, score, -np.inf)[asked], axis=1, kind="stable")
    hit = np.take_along_axis(same[asked], order, axis=1)
    precision = np.cumsum(hit, axis=1) / np.arange(1, hit.shape[1] + 1)
    return float(hit[:, :5].any(axis=1).mean()), float(((precision * hit).sum(1) / hit.sum(1)).mean())


def measured(seed: int, dim: int, **kind: float) -> dict[str, list[float]]:
    """Per head: top 5 and mean average precision by each of the four scores."""
    vectors, records, who, visit = survey(seed, dim, **kind)  # type: ignore[arg-type]
    feasible, cosine = of_survey(records).matrix(records), vectors @ vectors.T
    given = fuse.calibrated(cosine, records, visit=visit)
    upper = np.triu_indices(len(who), 1)
    told = {}
    for name, settings in HEADS.items():
        if settings is None:
            seen, own, halved = cosine, given.odds, given.odds
        else:
            adapted = adapt(vectors, records, settings).vectors
            seen = adapted @ adapted.T
            own = fuse.calibrated(seen, records, visit=visit).odds
            line = replace(given.line, sorted=np.sort(seen[upper][visit[upper[0]] != visit[upper[1]]]))
            halved = (line(seen) + given.image) / 2 + given.located
        scores = (seen, np.maximum(seen, 0) * feasible, own, halved)
        told[name] = [value for score in scores for value in found(score, who, visit)]
    return told


def seconds(count: int, dim: int) -> str:
    """Wall and processor seconds and memory of one training."""
    draw = np.random.default_rng(0)
    station = draw.integers(0, 60, count)
    records = Records(draw.uniform(0, 20, (60, 2))[station], draw.uniform(0, 90, count), station, degrees=False)
    vectors = draw.normal(size=(count, dim)).astype(np.float32)
    wall, processor = time.perf_counter(), time.process_time()
    adapt(vectors, records)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return f"{count} sightings, {dim} dimensions: {wall:.1f} s, of the processor {processor:.1f} s; {peak:.0f} MB"


def main() -> None:
    """Print the table, or the seconds."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--surveys", type=int, default=2)
    asked.add_argument("--seed", type=int, default=5)
    asked.add_argument("--dim", type=int, default=512)
    asked.add_argument("--seconds", type=int, metavar="SIGHTINGS")
    given = asked.parse_args()
    if given.seconds:
        print(seconds(given.seconds, given.dim))
        return
    print(
        "top 5 and mean average precision by: cosine | × feasibility | chance, own line | chance, line as given, halved"
    )
    for kind, how in KINDS.items():
        many = [measured(given.seed + k, given.dim, **how) for k in range(given.surveys)]
        print(kind)
        for name in HEADS:
            mean = np.mean([one[name] for one in many], axis=0)
            print(f"  {name:20} " + " | ".join(f"{mean[k]:.3f} {mean[k + 1]:.3f}" for k in range(0, 8, 2)), flush=True)


if __name__ == "__main__":
    main()
