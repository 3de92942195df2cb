#!/usr/bin/env python3
"""What a large survey costs in recall: the votes of fewer spots a sighting, and short lists by embedding.

    .venv/bin/python benchmarks/identify.py FOLDER --same-side --keep KEPT
    .venv/bin/python benchmarks/thinned.py --of KEPT/FOLDER FOLDER --spots 600 250 100 50

The index of all spots holds as many of one kind as memory allows (``votes.spots_of_each``): in a large survey each
sighting keeps only its strongest. This asks the index of a labelled set with so few, and prints how often the right
animal is among the 1, 5, 15 and 50 with most votes (15 are then compared spot by spot), beside lists by embedding. The
set itself stays small: what more strangers in the index cost is not in these figures.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from labels import LabelledSet
from pairs import label_of_sightings

from spotid import profiles
from spotid.match import registry
from spotid.match.cache import PointCache
from spotid.match.lnbnn import SpotIndex
from spotid.project import shards
from spotid.project.folder import open_project

DEPTHS = (1, 5, 15, 50)


def told(name: str, lists: dict[int, list[int]], label_of: dict[int, int], labelled: LabelledSet) -> None:
    """Print how often the right animal is among the first so many of other encounters."""
    who = labelled.individual
    hits, queries = np.zeros(len(DEPTHS)), 0
    for query, found in lists.items():
        mine = str(label_of[query])
        others = [str(number) for one, number in label_of.items() if one != query]
        if not any(who.get(other) == who.get(mine) and labelled.allowed(mine, other) for other in others):
            continue
        allowed = [str(label_of[one]) for one in found if one in label_of and one != query]
        right = [who.get(other) == who.get(mine) for other in allowed if labelled.allowed(mine, other)]
        hits += [any(right[:depth]) for depth in DEPTHS]
        queries += 1
    shares = "  ".join(f"{share:.3f} in {depth}" for share, depth in zip(hits / max(1, queries), DEPTHS, strict=True))
    print(f"  {name:24s} {shares}  ({queries} queries)", flush=True)


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--of", nargs=2, type=Path, action="append", metavar=("PROJECT", "FOLDER"), required=True)
    ask.add_argument("--spots", nargs="+", type=int, default=[600, 250, 100, 50])
    chosen = ask.parse_args()
    profile = profiles.load_profile("leopard")
    matcher = registry.matcher(profile.matcher)
    matcher.load()
    for folder, pictures in chosen.of:
        project, labelled = open_project(folder), LabelledSet(pictures, True)
        label_of = label_of_sightings(project, labelled)
        cache = PointCache(project, matcher, profile.padding)
        encoder = project.store.one("SELECT * FROM encoder ORDER BY id DESC LIMIT 1")
        assert encoder is not None, "the project has no embeddings"
        row = shards.EncoderRow(encoder["id"], encoder["identity"], encoder["name"], encoder["dim"])
        ids, vectors = shards.load(project.layout, project.store, row)
        visit_of = dict(project.store.all("SELECT sighting.id, visit FROM sighting JOIN media ON media.id = media_id"))
        visit = [visit_of[one] or -one for one in ids]
        print(f"{labelled.name}: {len(ids)} sightings")
        full = vectors.astype(np.float32)
        order = {one: [ids[k] for k in np.argsort(-(full @ full[n]))] for n, one in enumerate(ids) if one in label_of}
        told("by embedding", order, label_of, labelled)
        for most in chosen.spots:
            indexes = [SpotIndex() for _ in range(matcher.kinds)]
            points = {one: found for one in ids if (found := cache.get(one)) is not None}
            for one, its in zip(ids, visit, strict=True):
                for kind, index in enumerate(indexes):
                    if one in points:
                        index.add(one, its, points[one].of_kind(kind)[0].strongest(most))
            lists = {}
            for one, its in zip(ids, visit, strict=True):
                votes: dict[int, float] = {}
                for kind, index in enumerate(indexes):
                    if one in points:
                        for found in index.query(points[one].of_kind(kind)[0].strongest(most), its, 60):
                            votes[found.sighting] = votes.get(found.sighting, 0.0) + found.score
                if one in label_of:
                    lists[one] = sorted(votes, key=lambda other: -votes[other])
            told(f"votes of {most} spots", lists, label_of, labelled)
        project.close()


if __name__ == "__main__":
    main()
