"""Run: how far the work is, live."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.jobs.runner import Jobs, idle
from spotid.project import crashes
from spotid.project.folder import Project
from spotid.web import parts, tongues
from spotid.web.common import after, bench, body, shown, text
from spotid.words import JobState, MediaState, Problem

pages = Blueprint("run", __name__)

EVENT_SECONDS = 0.5  # at most two events a second
SILENCE_SECONDS = 5.0  # the state is told so often in any case: a page that hears nothing for longer asks by itself
STREAM_SECONDS = 300.0  # the browser reconnects by itself; this frees threads of closed tabs
PROBLEM_PAGE = 100
ONE_ANIMAL = "One of the animals in this picture could not be worked on; the others were."


@pages.get("/project/<project_id>/run")
def run(project_id: str) -> ResponseReturnValue:
    """How far the work is, live."""
    project = bench().project(project_id)
    return render_template("run.html", project=shown(project), parts=parts.summary(project))


@pages.get("/api/project/<project_id>/job")
def job(project_id: str) -> ResponseReturnValue:
    """The state of the newest job, or of the newest of one kind."""
    return jsonify(describe(bench().project(project_id), bench().jobs, request.args.get("kind")))


@pages.post("/api/project/<project_id>/job")
def act(project_id: str) -> ResponseReturnValue:
    """Start (or resume) or cancel. To start one that is paused is to let it look for room at once.

    A run can be asked to cut animals out anew that another cut-out has cut, or to search pictures again that nobody has
    looked at.
    """
    project, action = bench().project(project_id), body().get("action")
    running = bench().jobs.of(project)
    if action == "start":
        if running is not None and running.state is JobState.PAUSED:
            running.resume()
        else:
            bench().run(project)
    elif action == "cut_anew":
        bench().run(project, cut_anew=True)
    elif action == "search_again":
        bench().run(project, again=True)
    elif action == "cancel":
        if running is not None:
            running.cancel()
    else:
        raise BadRequestError("Only start and cancel are known here.")
    return jsonify(describe(project, bench().jobs))


@pages.get("/api/project/<project_id>/job/events")
def events(project_id: str) -> ResponseReturnValue:
    """The same, as server-sent events."""
    project, jobs = bench().project(project_id), bench().jobs  # taken here: a stream outlives its request
    running, tongue = jobs.of(project), tongues.language()

    def now() -> str:
        return f"data: {json.dumps(tongues.told(describe(project, jobs), tongue))}\n\n"

    def stream() -> Iterator[str]:
        began, version = time.monotonic(), -1
        yield now()
        while running is not None and running.running and time.monotonic() - began < STREAM_SECONDS:
            with running.changed:
                if running.version == version:
                    running.changed.wait(SILENCE_SECONDS)
            version = running.version
            yield now()
            time.sleep(EVENT_SECONDS)
        yield now()

    return Response(stream(), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


@pages.get("/api/project/<project_id>/problems")
def problems(project_id: str) -> ResponseReturnValue:
    """Files put aside, each with its reason, a page at a time."""
    project = bench().project(project_id)
    found = crashes.troubled(project.store, PROBLEM_PAGE + 1, after())
    fatal = set(crashes.put_aside(project.store))
    rows = []
    for row in found[:PROBLEM_PAGE]:
        again = row["uid"] in fatal
        problem = row["problem"] if row["state"] == MediaState.PROBLEM else Problem.CRASHED.value if again else None
        rows.append(
            {
                "id": row["id"],
                "uid": row["uid"],
                "path": row["relpath"],
                "problem": problem,
                "sentence": sentence_of(problem) or ONE_ANIMAL,
                "advice": advice_of(problem) or Problem.UNEXPECTED.advice,
                "detail": detail_of(row),
                "again": again,
                "thumb": thumb(project, row["uid"]),
            }
        )
    following = rows[-1]["id"] if len(found) > PROBLEM_PAGE else None
    return jsonify(rows=rows, next_after=following, total=crashes.count_troubled(project.store))


@pages.post("/api/project/<project_id>/problems/again")
def again(project_id: str) -> ResponseReturnValue:
    """Try a file again that was put aside because workers died with it in hand; starts a run where none is at work."""
    project = bench().project(project_id)
    queued = crashes.try_again(project.store, text(body(), "uid", "The file", longest=40))
    running = bench().jobs.of(project)
    started = queued and (running is None or not running.running)
    if started:
        bench().run(project)
    return jsonify(queued=queued, started=started, job=describe(project, bench().jobs))


def sentence_of(problem: str | None) -> str:
    """The sentence of a stored problem."""
    return Problem(problem).sentence if problem in {known.value for known in Problem} else ""


def advice_of(problem: str | None) -> str:
    """What a person can do about a stored problem."""
    return Problem(problem).advice if problem in {known.value for known in Problem} else ""


def detail_of(row: sqlite3.Row) -> str:
    """What is known of a file beyond the sentence and the advice that go with its problem."""
    detail, problem = row["problem_detail"] or "", row["problem"]
    if problem == Problem.CRASHED:  # the stage, which the log tells better
        return ""
    return detail.removeprefix(sentence_of(problem)).strip().removesuffix(advice_of(problem)).strip()


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
    return told | {"problems": crashes.count_troubled(project.store)}
