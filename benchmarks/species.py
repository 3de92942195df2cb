"""What the species stage costs, and how much memory taking in a large file of recognitions needs.

    python benchmarks/species.py --files 100000 --megabytes 500

Makes a project with that many photographs, an animal in each, every tenth of another species; times the stage when
there is something to do and when there is nothing, and the counts of the shelves. Then writes a file of recognitions in
MegaDetector's layout about photographs of the project, takes it in, and tells the time and the peak of memory.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import recognitions as files


def main() -> None:
    """Make the project, then time each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--megabytes", type=float, default=500)
    chosen = parser.parse_args()
    from spotid.intake import recognising
    from spotid.prepare.species_stage import sort_out
    from spotid.profiles import load_profile
    from spotid.profiles.names import Names
    from spotid.progress import Silent
    from spotid.project import species_shelf, views
    from spotid.project.folder import create_project

    ours = Names(load_profile().species).ours
    with tempfile.TemporaryDirectory() as folder:
        project = create_project(Path(folder) / "project")
        fill(project, chosen.files, sightings=True)
        told("species stage, all to do", lambda: sort_out(project, ours, Silent()))
        told("species stage, nothing to do", lambda: sort_out(project, ours, Silent()))
        told("counts of the shelves", lambda: views.shelf_counts(project.store))
        told("a page of the shelf", lambda: species_shelf.listed(project.store, species_shelf.OTHERS, None, 0, 60))
        project.close()
        project = create_project(Path(folder) / "second")
        path = Path(folder) / "found.json"
        count = files.write(path, chosen.megabytes)
        fill(project, count, sightings=False)
        print(f"{path.stat().st_size / 1e6:.0f} MB, {count:,} pictures; so far {peak():.0f} MB of memory", flush=True)
        told("look into the file", lambda: recognising.look(project, path))
        told("take it in", lambda: recognising.take(project, path))
        project.close()


def fill(project: Any, count: int, *, sightings: bool) -> None:
    """Photographs by rows alone, as a run would have left them."""
    with project.store.write() as connection:
        connection.execute("INSERT INTO root (id, path) VALUES (1, '/survey')")
        names = ((at, f"survey/card{at // 9999:03}/IMG_{at % 9999:04}.JPG") for at in range(count))
        connection.executemany(
            "INSERT INTO media (id, uid, root_id, relpath, bytes, modified_ns, state, said_species, said_by)"
            " VALUES (?, ?, 1, ?, 1, 1, ?, ?, ?)",
            (
                (at + 1, f"{at:016x}", name, *(("animal", "hyaena", "sheet") if at % 10 == 0 else ("animal", "", "")))
                if sightings
                else (at + 1, f"{at:016x}", name, "read", "", "")
                for at, name in names
            ),
        )
        if sightings:
            connection.execute(
                "INSERT INTO sighting (uid, media_id, x, y, w, h, score, boxed_by, state, recipe)"
                " SELECT 's' || uid, id, 0.1, 0.1, 0.5, 0.5, 0.9, 'test', 'embedded', 'r' FROM media"
            )


def told(what: str, work: Callable[[], Any]) -> None:
    """Do it, and print its seconds, those of the processor, and the peak of memory so far."""
    began, used = time.perf_counter(), time.process_time()
    work()
    seconds = f"{time.perf_counter() - began:7.2f} s ({time.process_time() - used:.2f} s of the processor)"
    print(f"{what:30} {seconds}  {peak():6.0f} MB", flush=True)


def peak() -> float:
    """Megabytes of memory at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
