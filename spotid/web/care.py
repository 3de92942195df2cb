"""Backup and check: copies of the answers, putting one back, checking the project, and opening one for looking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import NotFoundError, ProjectReadOnlyError
from spotid.jobs.care import build_anew, put_back, told
from spotid.jobs.runner import idle
from spotid.project import backup, ledger
from spotid.project.folder import Project, check_own, open_project
from spotid.project.layout import Layout, looks_like_project
from spotid.project.rebuild import target_of
from spotid.project.store import LOOKING, LOOKING_ADVICE
from spotid.web.common import absolute, bench, body, folder, shown, text

pages = Blueprint("care", __name__)

CHECKS = ("check", "mend")
_seen: dict[tuple[str, int, int], backup.Backup] = {}  # a backup never changes: it is looked over once


@pages.before_app_request
def only_look() -> None:
    """Refuse every change of a project that is open for looking only."""
    project_id = (request.view_args or {}).get("project_id")
    if request.method == "POST" and project_id is not None and bench().project(project_id).looking:
        raise ProjectReadOnlyError(LOOKING, LOOKING_ADVICE)


# --- an open project -------------------------------------------------------------------------------------------------


@pages.get("/project/<project_id>/care")
def care(project_id: str) -> ResponseReturnValue:
    """Backups, the check, and putting a backup back."""
    return render_template("care.html", project=shown(bench().project(project_id)), path=None)


@pages.get("/api/project/<project_id>/care")
def state(project_id: str) -> ResponseReturnValue:
    """Backups, the answers there are, and what the last check found."""
    return jsonify(_state(bench().project(project_id)))


@pages.post("/api/project/<project_id>/backup")
def back_up(project_id: str) -> ResponseReturnValue:
    """Make a backup now."""
    project, content = bench().project(project_id), body()
    made = backup.write(project.layout, text(content, "reason") if content.get("reason") else "by hand")
    project.warning = ""
    return jsonify(_state(project) | {"made": made.name})


@pages.post("/api/project/<project_id>/restore")
def restore(project_id: str) -> ResponseReturnValue:
    """Put a backup back; everybody's pages of this project show the older state then."""
    project = bench().project(project_id)
    done = bench().put_back(project_id, backup.named(project.layout, text(body(), "name", "The backup")))
    return jsonify(_state(bench().project(project_id)) | {"sentences": done.sentences})


@pages.post("/api/project/<project_id>/check")
def check(project_id: str) -> ResponseReturnValue:
    """Start a check; the job's state tells the rest."""
    project, content = bench().project(project_id), body()
    bench().check(project, mend=content.get("mend") is True, originals=content.get("originals") is True)
    return jsonify(_state(project))


def _state(project: Project) -> dict[str, Any]:
    job = bench().jobs.of(project)
    last = max((idle(project, kind) | {"kind": kind} for kind in CHECKS), key=_when)
    if job is not None and job.kind in CHECKS:
        last = job.describe()
    return {
        "backups": _backups(project.layout),
        "answers": ledger.last_row(project.store),
        "warning": project.warning,
        "looking": project.looking,
        "busy": job.kind if job is not None and job.running else None,
        "check": last,
    }


def _when(job: dict[str, Any]) -> str:
    return str((job.get("result") or {}).get("looked_at", ""))


def _backups(layout: Layout) -> list[dict[str, Any]]:
    listed = []
    for one in backup.names(layout):
        about = one.path.stat()
        key = (str(one.path), about.st_size, about.st_mtime_ns)
        if key not in _seen:
            _seen[key] = backup.looked_over(one)
        seen = _seen[key]
        listed.append(
            {
                "name": seen.path.name,
                "made_at": seen.made_at,
                "reason": seen.reason.replace("-", " "),
                "bytes": seen.bytes,
                "answers": seen.answers,
                "individuals": seen.individuals,
                "sightings": seen.sightings,
                "trouble": seen.trouble,
            }
        )
    return listed


# --- a project that can't be opened, or only looked at ---------------------------------------------------------------


@pages.post("/api/projects/look")
def look() -> ResponseReturnValue:
    """Open a project for looking only."""
    project = bench().open(folder(body(), "path", "The folder"), looking=True)
    desk = bench().desk(project.id)
    page = "review.review" if desk.queue.anchors else "shelves.dashboard"
    return jsonify(id=project.id, url=url_for(page, project_id=project.id))


@pages.get("/care")
def closed() -> ResponseReturnValue:
    """Backups of a project whose database is damaged or missing."""
    return render_template("care.html", path=str(_closed(request.args.get("path", "")).root))


@pages.get("/api/care")
def closed_state() -> ResponseReturnValue:
    """The backups of such a project."""
    return jsonify(backups=_backups(_closed(request.args.get("path", ""))), answers=None, looking=False, check=None)


@pages.post("/api/care/restore")
def closed_restore() -> ResponseReturnValue:
    """Put a backup back there, and open the project."""
    content = body()
    layout = _closed(text(content, "path", "The folder"))
    done = put_back(layout.root, backup.named(layout, text(content, "name", "The backup")))
    project = bench().open(layout.root)
    return jsonify(url=url_for("care.care", project_id=project.id), sentences=done.sentences)


@pages.post("/api/care/rebuild")
def rebuild() -> ResponseReturnValue:
    """Build a project around embeddings, open it, and look for its look-alikes."""
    content = body()
    source = folder(content, "path", "The folder")
    originals = folder(content, "originals", "The folder of photographs") if content.get("originals") else None
    made = target_of(source)
    sentences: list[str] = []
    if made == source or not looks_like_project(made) or not _opens(made):
        done = build_anew(source, None, originals)
        made, sentences = done.folder, told(done)
    project = bench().open(made)
    if sentences:
        bench().run(project)
    return jsonify(url=url_for("run.run", project_id=project.id), sentences=sentences)


def _opens(path: Path) -> bool:
    try:
        open_project(path, readonly=True).close()
    except Exception:  # whatever is wrong with it is said when it is built anew
        return False
    return True


def _closed(path: str) -> Layout:
    layout = Layout(absolute(path, "The folder"))
    if not looks_like_project(layout.root):
        raise NotFoundError(f"“{path}” is not a SpotID project.", "Choose the project's folder on the start page.")
    check_own(layout)
    return layout
