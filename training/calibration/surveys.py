#!/usr/bin/env python3
"""Generate surveys and run the line on them, so that pairs with known answers can be taken from their lists.

    .venv/bin/python training/calibration/surveys.py FOLDER SEED …

FOLDER/SEED/photographs gets the survey, FOLDER/SEED/project the project. What is there already is taken on: after a
change to the matching only that part is computed again.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from spotid.evaluate.simulate.survey import SurveyPlan, simulate_survey
from spotid.jobs.runner import Jobs
from spotid.project import media
from spotid.project.folder import Project, create_project, open_project

INDIVIDUALS, STATIONS, FRAMES = 15, 10, 240


def survey(folder: Path, seed: int, as_it_is: bool = False) -> tuple[Path, Project]:
    """The photographs of one generated survey, and an open project in which the line has run.

    With ``as_it_is`` the project is opened and nothing is computed.
    """
    photographs, place = folder / str(seed) / "photographs", folder / str(seed) / "project"
    if as_it_is:
        return photographs, open_project(place)
    if not (photographs / "truth" / "sightings.csv").is_file():
        plan = SurveyPlan(seed=seed, individuals=INDIVIDUALS, stations=STATIONS, frames=FRAMES)
        simulate_survey(photographs, plan, lambda done, total: None)
    project = open_project(place) if place.exists() else create_project(place)
    media.root_id(project.store, photographs)
    job = Jobs().start(project, "run", settings={})
    job.wait()
    if job.state.value != "done":
        raise SystemExit(f"The run on the survey of seed {seed} ended as {job.state.value}: {job.sentence}")
    return photographs, project


def main() -> None:
    for seed in map(int, sys.argv[2:]):
        began = time.monotonic()
        _, project = survey(Path(sys.argv[1]), seed)
        project.close()
        print(f"seed {seed}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
