"""What is told of a job that this program did not start: the newest one that the project remembers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from spotid.project import jobrows
from spotid.project.folder import Project
from spotid.words import JobState, Stage


def rows(stages: Sequence[Stage], known: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """The stages as a page shows them; ``known`` gives steps done, steps in all and state by name."""
    found = []
    for stage in stages:
        done, total, state = known.get(stage.value, (0, 0, "waiting"))
        found.append({"name": stage.value, "sentence": stage.sentence, "done": done, "total": total, "state": state})
    return found


def idle(project: Project, stages_of: dict[str, tuple[Stage, ...]], kind: str | None = None) -> dict[str, Any]:
    """The newest job remembered, or the newest of one kind; ``stages_of`` gives the stages of each kind of job."""
    row = jobrows.newest(project.store, kind)
    if row is None:
        return {"state": "none", "kind": "run", "sentence": "Nothing has been run yet.", "advice": "", "stages": []}
    state = JobState(row["state"])
    gone = state not in jobrows.ENDED  # and so is its program
    if gone:
        state = JobState.FAILED
    kind = row["kind"] if row["kind"] in stages_of else "run"
    kept = json.loads(row["progress"] or "{}")
    stages = rows(stages_of[kind], kept)
    for stage in stages:
        stage["state"] = "done" if state is JobState.DONE else stage["state"]
    sentence = row["sentence"] or state.sentence
    if gone:
        sentence = "The program was stopped while this was running. Nothing is lost; resume and it goes on from here."
    return {
        "state": state.value,
        "kind": kind,
        "sentence": sentence,
        "advice": "" if gone else row["advice"],
        "stage": "",
        "stages": stages,
        "rate": None,
        "seconds_left": None,
        "unmeasured": [],
        "elapsed": None,
        "notes": [],
        "result": json.loads(row["result"] or "{}"),
    }
