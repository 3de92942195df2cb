"""How long the pages about individuals take to make at 20,000 sightings of 2,000 individuals.

    python benchmarks/individuals_pages.py [sightings] [individuals]

Everything is assigned to somebody first, one answer a picture; then every page is asked for three times over the test
client, and the median is told in milliseconds.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import uuid
from pathlib import Path
from statistics import median

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

import long_review_stock  # noqa: E402

from spotid.review import deeds  # noqa: E402
from spotid.web import bench_of, create_app  # noqa: E402


def main(count: int, individuals: int) -> None:
    """Make the survey, answer it, and time the pages."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SPOTID_HOME"] = f"{folder}/home"
        survey = long_review_stock.make(Path(folder) / "made", count, pictures=False)
        app = create_app()
        project = bench_of(app).open(survey.folder)
        desk, client = bench_of(app).desk(project.id), app.test_client()
        uids = list(survey.truth)
        for place, uid in enumerate(uids[individuals:]):
            deeds.assign(desk, str(uuid.uuid4()), uid, uids[place % individuals])
        media = project.store.value("SELECT uid FROM media ORDER BY id LIMIT 1")
        shown = ("individuals", "individuals?order=last&kind=one_flank&find=ST0", "individuals?after=1000")
        shown += ("individuals/1", "likely", "flanks?seconds=60", "unidentifiable")
        shown += (f"photograph/{media}", f"photograph/{media}?shelf=identified")
        for page in shown:
            print(f"{timed(client, f'/project/{project.id}/{page}'):7.0f} ms  {page}")
        print(
            f"{timed(client, f'/api/project/{project.id}/individuals?find=1'):7.0f} ms  the chooser, one letter typed"
        )
        bench_of(app).close()


def timed(client: object, address: str) -> float:
    """The median of three requests in milliseconds."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        reply = client.get(address)  # type: ignore[attr-defined]
        took.append(1000 * (time.perf_counter() - began))
        assert reply.status_code == 200, (address, reply.status_code)
    return median(took)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    main(*(given + [20_000, 2_000][len(given) :]))
