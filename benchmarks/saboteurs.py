"""What becomes of every file that means trouble: the folder of ``tests/saboteurs``, through the whole line, as a table.

python benchmarks/saboteurs.py > table.md
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from spotid.jobs.runner import Jobs
from spotid.project import media, views
from spotid.project.filenames import kept, shown
from spotid.project.folder import Project, create_project
from spotid.words import Problem
from tests.saboteurs.make import LEFT_OUT, Saboteur, build


def became(project: Project, one: Saboteur) -> tuple[str, str]:
    """The shelf of a file, and the sentence and advice that stand beside it."""
    row = project.store.one("SELECT * FROM media WHERE relpath = ?", kept(one.relpath))
    if row is None:
        return LEFT_OUT, "Not a photograph; folders that are left out are told of in the run's notes."
    if row["state"] != "problem":
        return "photographs", row["problem_detail"] or ""
    problem = Problem(row["problem"])
    return "problems", f"{problem.sentence} {problem.advice}"


def main() -> None:
    """Build, run, print."""
    os.environ["SPOTID_HOME"] = tempfile.mkdtemp(prefix="saboteurs-home-")
    with tempfile.TemporaryDirectory(prefix="saboteurs-") as place:
        cards = Path(place) / "cards"
        cards.mkdir()
        table = build(cards)
        project = create_project(Path(place) / "project")
        media.root_id(project.store, cards)
        began = time.monotonic()
        job = Jobs().start(project, "run", settings={"small_side": 96, "crop_side": 256, "low_disk_mb": 10})
        job.wait()
        seconds = time.monotonic() - began
        print("| File | Ends on | What is said |\n|---|---|---|")
        for one in table:
            shelf, sentence = became(project, one)
            name = shown(one.relpath.rsplit("/", 1)[-1])
            name = name if len(name) <= 40 else name[:18] + " … " + name[-18:]
            kind = f"{one.kind} (`{name}`)".replace("|", "\\|")
            print(f"| {kind} | {shelf} | {sentence} |")
        counts = {shelf: count for shelf, count in views.shelf_counts(project.store).items() if count}
        found = media.count(project.store)
        print(f"\n{len(table)} files made, {found} found, on shelves: {counts}, in {seconds:.0f} s.")
        print(f"The run: {job.state.sentence} Notes: {' '.join(job.notes)}")
        project.close()


if __name__ == "__main__":
    main()
