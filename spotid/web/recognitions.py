"""Recognitions of another program: a file is chosen, shown with what was matched and what is odd, and taken in.

A Camtrap DP package is taken in here, too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, JobError
from spotid.intake import package_in, recognising
from spotid.intake.collect import scan_roots
from spotid.jobs.stages import line_of
from spotid.progress import Silent
from spotid.project import collections, filenames, media, species
from spotid.project.folder import Project
from spotid.web.common import bench, body, folder, number, reviewer, shown, text
from spotid.web.uploads import writable

pages = Blueprint("recognitions", __name__)

KIND = "recognitions"
TAKEN = (KIND, package_in.KIND)
MOST_NAMES = 200


@pages.get("/project/<project_id>/recognitions")
def page(project_id: str) -> ResponseReturnValue:
    """Choose a file, see what is in it, take it in; and what was taken in before."""
    project = bench().project(project_id)
    return render_template(
        "recognitions.html",
        project=shown(project),
        offered=[str(path) for path in recognising.offered(project)],
        before=[_before(project_id, one) for one in collections.listed(project.store) if one["kind"] in TAKEN],
        ours=line_of(project, bench().settings).names.first,
    )


@pages.post("/api/project/<project_id>/recognitions/look-into")
def look_into(project_id: str) -> ResponseReturnValue:
    """What is in a file, and which photographs are meant; nothing is written."""
    project, content = bench().project(project_id), body()
    path, upload = _file(content)
    package = not upload and package_in.is_package(path)
    looked: recognising.Looked | package_in.Looked
    looked = package_in.look_package(project, path) if package else _look(project, path, content)
    names = line_of(project, bench().settings).names
    told = [{"name": name, "count": count, "ours": names.ours(name)} for name, count in looked.species.items()]
    return jsonify(looked.shown() | {"species": told, "path": str(path), "package": package})


def _look(project: Project, path: Path, content: dict[str, Any]) -> recognising.Looked:
    if path.is_dir():
        raise BadRequestError(
            f"“{path}” is a folder and no Camtrap DP package.", "Choose the .json file that the other program wrote."
        )
    return recognising.look(project, path, number(content, "threshold"))


@pages.post("/api/project/<project_id>/recognitions/take-in")
def take_in(project_id: str) -> ResponseReturnValue:
    """Take a file in: the run uses it, and is started where none is at work."""
    project, content = bench().project(project_id), body()
    path, upload = _file(content)
    mine = content.get("mine", [])
    if not isinstance(mine, list) or len(mine) > MOST_NAMES or not all(isinstance(one, str) for one in mine):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    mine = [text({"name": one}, "name", "A name", longest=200) for one in mine]
    writable(project.path)
    if _at_work(project):
        raise JobError("This project is at work.", "Wait for the run to end, or cancel it first.")
    if not upload and package_in.is_package(path):
        package_in.take_package(project, path, reviewer(content))
    else:
        _take(project, path, content, bool(upload))
    for name in mine:
        species.say_word(project.store, name, True)
    if upload:
        bench().uploads.cancel(upload)
    bench().run(project)
    return jsonify(url=url_for("run.run", project_id=project.id))


def _take(project: Project, path: Path, content: dict[str, Any], sent: bool) -> None:
    if not media.count(project.store):
        scan_roots(project, Silent())
    recognising.take(
        project,
        path,
        number(content, "threshold"),
        replace=content.get("replace") is True,
        reviewer=reviewer(content),
        source=Path(path.name) if sent else None,
    )


def _file(content: dict[str, Any]) -> tuple[Path, str]:
    """The file that was named, or where it lies that was sent; and the upload's id."""
    if not content.get("upload"):
        return folder(content, "path", "The path of the file"), ""
    sent = bench().uploads.get(text(content, "upload", "The upload", longest=40))
    if not sent.whole or sent.kind != KIND:
        raise BadRequestError("This file has not been sent to its end.", "Choose it again.")
    return sent.path, sent.uid


def _at_work(project: Project) -> bool:
    job = bench().jobs.of(project)
    return job is not None and job.running


def _before(project_id: str, one: dict[str, Any]) -> dict[str, Any]:
    report = one["report"]
    return {
        "source": filenames.shown(one["source"]),
        "url": url_for("collections.outcome", project_id=project_id, uid=one["uid"]),
        "made_at": one["made_at"],
        "taken_back_at": one["taken_back_at"],
        "made_by": str(report.get("made_by", "")),
        "threshold": report.get("threshold"),
        "said": [str(sentence) for sentence in report.get("said", ())],
    }
