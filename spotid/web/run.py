"""Run: how far the work is, live."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.jobs.runner import Jobs, idle
from spotid.project import media
from spotid.project.folder import Project
from spotid.web.common import bench, body, shown
from spotid.words import MediaState, Problem

pages = Blueprint("run", __name__)

EVENT_SECONDS = 0.5  # at most two events a second
SILENCE_SECONDS = 15.0  # a comment so often keeps the connection from looking dead
STREAM_SECONDS = 300.0  # the browser reconnects by itself; this frees threads of closed tabs
PROBLEM_PAGE = 100


@pages.get("/project/<project_id>/run")
def run(project_id: str) -> ResponseReturnValue:
    """The page."""
    return render_template("run.html", project=shown(bench().project(project_id)))


@pages.get("/api/project/<project_id>/job")
def job(project_id: str) -> ResponseReturnValue:
    """The state of the newest job, or of the newest of one kind."""
    return jsonify(describe(bench().project(project_id), bench().jobs, request.args.get("kind")))


@pages.post("/api/project/<project_id>/job")
def act(project_id: str) -> ResponseReturnValue:
    """Start (or resume) or cancel."""
    project, action = bench().project(project_id), body().get("action")
    if action == "start":
        bench().run(project)
    elif action == "cancel":
        running = bench().jobs.of(project)
        if running is not None:
            running.cancel()
    else:
        raise BadRequestError("Only start and cancel are known here.")
    return jsonify(describe(project, bench().jobs))


@pages.get("/api/project/<project_id>/job/events")
def events(project_id: str) -> ResponseReturnValue:
    """The same, as server-sent events."""
    project, jobs = bench().project(project_id), bench().jobs  # taken here: a stream outlives its request
    running = jobs.of(project)

    def stream() -> Iterator[str]:
        began, version = time.monotonic(), -1
        yield f"data: {json.dumps(describe(project, jobs))}\n\n"
        while running is not None and running.running and time.monotonic() - began < STREAM_SECONDS:
            with running.changed:
                if running.version == version:
                    running.changed.wait(SILENCE_SECONDS)
            told = running.version != version
            version = running.version
            yield f"data: {json.dumps(describe(project, jobs))}\n\n" if told else ": still here\n\n"
            time.sleep(EVENT_SECONDS)
        yield f"data: {json.dumps(describe(project, jobs))}\n\n"

    return Response(stream(), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


@pages.get("/api/project/<project_id>/problems")
def problems(project_id: str) -> ResponseReturnValue:
    """Files put aside, each with its reason, a page at a time."""
    project = bench().project(project_id)
    after = request.args.get("after", 0, type=int)
    found = media.in_state(project.store, MediaState.PROBLEM, PROBLEM_PAGE + 1, after)
    rows = [
        {
            "id": row["id"],
            "path": row["relpath"],
            "problem": row["problem"],
            "sentence": sentence_of(row["problem"]),
            "thumb": thumb(project, row["uid"]),
        }
        for row in found[:PROBLEM_PAGE]
    ]
    following = rows[-1]["id"] if len(found) > PROBLEM_PAGE else None
    return jsonify(rows=rows, next_after=following, total=media.count(project.store, MediaState.PROBLEM))


def sentence_of(problem: str | None) -> str:
    """The sentence of a stored problem."""
    return Problem(problem).sentence if problem in {known.value for known in Problem} else ""


def thumb(project: Project, media_uid: str) -> str | None:
    """The address of a file's small picture, where there is one."""
    if not project.layout.small(media_uid).is_file():
        return None
    return url_for("pictures.media_thumb", project_id=project.id, media_uid=media_uid)


def describe(project: Project, jobs: Jobs, kind: str | None = None) -> dict[str, Any]:
    """The newest job of a project, running or remembered; with ``kind``, the newest of that kind."""
    current = jobs.of(project)
    wanted = current is not None and kind in (None, current.kind)
    told = current.describe() if current is not None and wanted else idle(project, kind)
    return told | {"problems": media.count(project.store, MediaState.PROBLEM)}
