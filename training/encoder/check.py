"""Is the trial encoder worth having? ``python training/encoder/check.py encoder.pt --of PROJECT FOLDER …``

PROJECT was kept by ``benchmarks/identify.py --keep``, FOLDER is the labelled folder that it was made of. Prints the
share of queries whose nearest allowed picture shows the same animal, by the shipped embedding, by the trial encoder,
and by the mean of both likenesses, and how much a short list of ``LISTED`` would keep of the matches and of the
queries; the query's own encounter is left out, and so is the other side.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import draw
import net
from labels import LabelledSet
from pairs import label_of_sightings

from spotid.evaluate.ranking import score
from spotid.project import crops, shards
from spotid.project.folder import Project, open_project

LISTED = 50  # pictures in a short list


def seen(project: Project, ids: list[int]) -> np.ndarray:
    """The crops of sightings as the network sees them, ``(n, 2, 64, 128)`` uint8."""
    out = np.zeros((len(ids), 2, draw.HIGH, draw.WIDE), np.uint8)
    for n, one in enumerate(ids):
        row = project.store.one("SELECT * FROM sighting WHERE id = ?", one)
        crop = crops.load(project.layout, row) if row is not None else None
        if crop is not None:
            out[n] = draw.fitted(crop[0].mean(axis=2).astype(np.uint8), crop[1])
    return out


def told(name: str, likeness: np.ndarray, ids: list[int], label_of: dict[int, int], labelled: LabelledSet) -> None:
    """Print how good an order is."""
    known = [n for n, one in enumerate(ids) if one in label_of]
    lists = {
        str(label_of[ids[n]]): [
            str(label_of[ids[k]]) for k in np.argsort(-likeness[n]) if k != n and ids[k] in label_of
        ]
        for n in known
    }
    found = score(labelled.individual, lists, labelled.allowed)
    if found is None:
        return
    kept = total = reached = queries = 0
    for query, candidates in lists.items():
        who = labelled.individual.get(query)
        allowed = [other for other in candidates if labelled.allowed(query, other)]
        right = [labelled.individual.get(other) == who for other in allowed]
        kept, total = kept + sum(right[:LISTED]), total + min(LISTED, sum(right))
        reached, queries = reached + any(right[:LISTED]), queries + any(right)
    micro = found.micro
    shares = f"top-1 {micro.top[1]:.3f}  top-5 {micro.top[5]:.3f}  mAP {micro.mean_average_precision:.3f}"
    listed = f"in a list of {LISTED}: {kept / total:.3f} of matches, {reached / queries:.3f} of queries"
    print(f"  {name:22s} {shares}  {listed}")


@torch.no_grad()
def main() -> None:
    """Measure."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("weights", type=Path)
    ask.add_argument("--of", nargs=2, type=Path, action="append", metavar=("PROJECT", "FOLDER"), required=True)
    o = ask.parse_args()
    model = net.CoatNet()
    model.load_state_dict(torch.load(o.weights, weights_only=True))
    model.eval()
    for folder, pictures in o.of:
        project, labelled = open_project(folder), LabelledSet(pictures, True)
        row = project.store.one("SELECT * FROM encoder ORDER BY id DESC LIMIT 1")
        assert row is not None, "the project has no embeddings"
        encoder = shards.EncoderRow(row["id"], row["identity"], row["name"], row["dim"])
        ids, vectors = shards.load(project.layout, project.store, encoder)
        shipped = vectors.astype(np.float32) @ vectors.T.astype(np.float32)
        batch = torch.from_numpy(seen(project, ids))
        rows = torch.cat([model(net.standardised(part)) for part in batch.split(128)]).numpy()
        trial = rows @ rows.T
        label_of = label_of_sightings(project, labelled)
        print(f"{labelled.name}: {len(ids)} crops")
        orders = {"shipped embedding": shipped, "trial encoder": trial, "mean of both": shipped + trial}
        for name, likeness in orders.items():
            told(name, likeness, ids, label_of, labelled)
        project.close()


if __name__ == "__main__":
    main()
