"""How long backup, check, restore, looking and rebuilding take on a large project that is put in by hand.

    python benchmarks/care.py --sightings 20000 --answers 5000 --folder /somewhere/with/6GB

Crops are one drawn picture of 1024 x 683 pixels, its views likewise; vectors are random unit rows of 512 numbers. The
disk's own cache is warm, since everything has just been written; pictures from a cold disk take as long as it reads.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spotid.boxes import Box
from spotid.jobs.doctor import examine
from spotid.project import backup, ledger, media, seals, shards, sightings
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, create_project, open_project
from spotid.project.rebuild import rebuild
from spotid.project.restore import restore
from spotid.review.identity import replay

T = TypeVar("T")
DIM, RECIPE, LISTED = 512, "bench", 100


def timed(name: str, work: Callable[[], T]) -> T:
    """Do it, and say how long it took, and how long of that the processor was at work for it."""
    began, computed = time.perf_counter(), time.process_time()
    result = work()
    spent = time.process_time() - computed
    print(f"{time.perf_counter() - began:9.2f} s ({spent:7.2f} s of computing)  {name}", flush=True)
    return result


def encoded(side: tuple[int, int], mode: str, kind: str) -> bytes:
    """A drawn picture with noise, so that it has the size of a photograph."""
    noise = np.random.default_rng(0).integers(60, 200, (side[1] // 8, side[0] // 8, len(mode)), np.uint8)
    picture = Image.fromarray(noise.squeeze(), {"RGB": "RGB", "RGBA": "RGBA", "L": "L"}[mode]).resize(side)
    buffer = io.BytesIO()
    picture.save(buffer, kind, quality=85)
    return buffer.getvalue()


def stock(folder: Path, count: int, answers: int) -> Project:
    """A project of ``count`` sightings with all that a run leaves, and ``answers`` answers."""
    project = create_project(folder)
    store, layout = project.store, project.layout
    root = media.root_id(store, folder.parent / "no originals")
    side = (1024, 683)
    jpg, webp = encoded(side, "RGB", "JPEG"), encoded(side, "RGBA", "WEBP")
    grey, edges, small = encoded(side, "L", "JPEG"), encoded(side, "L", "PNG"), encoded((640, 427), "RGB", "JPEG")
    seal, small_seal = seals.of(jpg, webp, grey, edges), seals.of(small)
    names = [f"S{number % 40:02d}/IMG_{number:06d}.JPG" for number in range(count)]
    media.add_found(store, root, [media.Found(name, 2_000_000, 1) for name in names])
    rows = store.all("SELECT id, uid, relpath FROM media ORDER BY id")
    media.keep_facts(
        store,
        [
            media.Facts(
                *(row["id"], hashlib.sha256(row["uid"].encode()).hexdigest(), 4000, 3000),
                *(f"2026-03-{row['id'] % 28 + 1:02d}T{row['id'] % 24:02d}:00:00", "exif", row["relpath"][:3], ""),
                *(None, None, None, "folder", None, None, small_seal),
            )
            for row in rows
        ],
    )
    box = [sightings.NewSighting(Box(0.2, 0.2, 0.5, 0.5), 0.9, "by hand")]
    sightings.keep_detections(store, [(row["id"], box) for row in rows], "by hand")
    with store.write() as connection:
        connection.execute("UPDATE sighting SET state = 'cropped', recipe = ?, seal = ?", (RECIPE, seal))
    media.number_visits(store, 30)
    uids = [row["uid"] for row in store.all("SELECT uid FROM sighting ORDER BY id")]
    for uid in uids:
        views = ((layout.crop, jpg), (layout.cutout, webp), (layout.pattern, grey), (layout.edges, edges))
        for view, content in views:
            path = view(uid, RECIPE)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for row in rows:
        path = layout.small(row["uid"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(small)
    encoder = shards.encoder_row(store, "0123456789abcdef", "by-hand", DIM)
    rng, after = np.random.default_rng(1), 0
    while part := sightings.in_state(store, "cropped", 256, after):
        after = part[-1]["id"]
        vectors = rng.normal(size=(len(part), DIM)).astype(np.float32)
        shards.append(layout, store, encoder, part, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    candidates = Candidates(layout)
    candidates.begin("by hand")
    for start in range(1, count + 1, 500):
        several = range(start, min(count, start + 499) + 1)
        candidates.keep_lists(
            (one, [((one + step) % count + 1, 0.5, 0.5, False) for step in range(1, LISTED)]) for one in several
        )
    candidates.close()
    give(project, uids, answers)
    return project


def give(project: Project, uids: list[str], answers: int) -> None:
    """Answers as a reviewer gives them, in one transaction, and what follows from them."""
    chance = random.Random(2)
    with project.store.write() as connection:
        for number in range(answers):
            a, b = sorted(chance.sample(uids, 2))
            kind = "same" if number % 3 == 0 else "different"
            connection.execute(
                "INSERT INTO decision (uid, kind, a, b, made_at, evidence) VALUES (?, ?, ?, ?, ?, ?)",
                (str(uuid.uuid4()), kind, a, b, "2026-03-01T06:00:00.000+00:00", '{"rank": 1, "score": 0.5}'),
            )
    list(examine(project, repair=True, pictures=False))  # derives individuals and identities


def main() -> None:
    """Print a line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sightings", type=int, default=20_000)
    parser.add_argument("--answers", type=int, default=5_000)
    parser.add_argument("--folder", type=Path, help="where to make the project; taken away afterwards")
    parser.add_argument("--decode", action="store_true", help="check crops of a project without seals, too")
    chosen = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="care-", dir=chosen.folder))
    try:
        project = timed("putting the project in by hand", lambda: stock(base / "p", chosen.sightings, chosen.answers))
        print(f"{project.layout.database.stat().st_size / 1e6:9.1f} MB database, {chosen.sightings:,} sightings")
        copy = timed("backup, looked over", lambda: backup.write(project.layout, "by hand"))
        findings = timed("check of everything", lambda: list(examine(project)))
        print(f"            {len(findings)} findings, all of them answers that contradict each other")
        assert all("both join and part" in one.sentence for one in findings)
        timed("check without pictures", lambda: list(examine(project, pictures=False)))
        if chosen.decode:
            with project.store.write() as connection:
                connection.execute("UPDATE sighting SET seal = NULL")
            timed("check of everything, by decoding (no seals)", lambda: list(examine(project)))
        timed("the backups' list", lambda: backup.listed(project.layout))
        timed("replay of all answers", lambda: replay(ledger.events(project.store)))
        project.close()
        timed("opening", lambda: open_project(base / "p").close())
        timed("opening for looking", lambda: open_project(base / "p", readonly=True).close())
        timed("restore", lambda: restore(base / "p", copy))
        shutil.copytree(base / "p" / "embeddings", base / "kept")
        timed("rebuilding from the embeddings alone", lambda: rebuild(base / "kept"))
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
