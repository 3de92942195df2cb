"""Learning from confirmed animals: the section of the run page that starts it, tells what it brought, and goes back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.jobs import learning
from spotid.jobs.stages import line_of
from spotid.project import confirmed
from spotid.project.folder import Project
from spotid.web.common import bench, body, number
from spotid.web.run import describe

pages = Blueprint("learn", __name__)

KIND = "learn"


@pages.get("/api/project/<project_id>/learn")
def state(project_id: str) -> ResponseReturnValue:
    """Every version with what was measured, how much is confirmed now, and the newest job that learnt."""
    return jsonify(_state(bench().project(project_id)))


@pages.post("/api/project/<project_id>/learn")
def act(project_id: str) -> ResponseReturnValue:
    """Learn, use a version, or go back to the descriptions as they are; the job's state tells the rest."""
    project, content = bench().project(project_id), body()
    action, settings = content.get("action"), bench().settings
    if action == "learn":
        learning.check_ready(line_of(project, settings))
        bench().jobs.start(project, KIND, settings=settings)
    elif action == "use":
        version = int(number(content, "number") or 0)
        learning.checked(line_of(project, settings), version)
        bench().jobs.start(project, KIND, settings=settings, use=version)
    elif action == "revert":
        bench().jobs.start(project, KIND, settings=settings, use=None)
    else:
        raise BadRequestError("Only learn, use and revert are known here.")
    return jsonify(_state(project))


def _state(project: Project) -> dict[str, Any]:
    job = bench().jobs.of(project)
    return {
        "versions": learning.told(line_of(project, bench().settings)),
        "confirmed": confirmed.count(project.store),
        "again": confirmed.seen_again(project.store),
        "least": confirmed.LEAST_ANIMALS,
        "busy": job is not None and job.running,
        "looking": project.looking,
        "job": describe(project, bench().jobs, KIND),
    }
