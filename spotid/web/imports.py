"""Taking a collection in: it is looked at, shown with what is asked, and taken once a person says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, JobError, NotFoundError
from spotid.intake import package_in, source, taking, updating
from spotid.intake.listing import Listing
from spotid.intake.package_in import is_package
from spotid.jobs.preview import About, Preview
from spotid.progress import Progress
from spotid.project import filenames, parts_kept
from spotid.project.folder import Project
from spotid.web import packages
from spotid.web.common import after, bench, body, folder, reviewer, shown, text
from spotid.web.parts import asked_profiles, known_profiles
from spotid.web.uploads import writable

pages = Blueprint("imports", __name__)

PATIENCE = 0.4  # seconds: a small folder is looked at before the page has drawn itself
COLLECTION, SHEET, PACKAGE = "collection", "sheet", "package"


@pages.get("/import/<uid>")
def preview(uid: str) -> ResponseReturnValue:
    """What was found, how it was understood, what is odd and what is asked; nothing is written yet."""
    about = bench().previews.get(uid).about
    project = shown(bench().project(about.project_id)) if about.project_id else None
    where = about.source.name if about.upload else filenames.shown(str(about.source))
    animals = [] if project or about.kind == SHEET else known_profiles()
    return render_template(
        "import.html", uid=uid, kind=about.kind, about=about, source=where, project=project, animals=animals
    )


@pages.post("/api/imports/look-at")
def look_at() -> ResponseReturnValue:
    """Begin to look at a folder, a ZIP or an upload, for a project that may not be there yet."""
    content = body()
    target = folder(content, "project_path", "“Path for embeddings output”")
    return _begun(_collection(content, target, None))


@pages.post("/api/project/<project_id>/imports/look-at")
def look_at_more(project_id: str) -> ResponseReturnValue:
    """The same for an open project."""
    project = bench().project(project_id)
    return _begun(_collection(body(), project.path, project))


@pages.post("/api/project/<project_id>/imports/look-at-sheet")
def look_at_sheet(project_id: str) -> ResponseReturnValue:
    """Begin to look at a sheet that says something new of files which are in the project."""
    project, content = bench().project(project_id), body()
    path, upload = _source(content, "sheet_path", "The path of the sheet", SHEET)
    if not path.is_file():
        raise NotFoundError(f"There is no file “{path}”.", "Check the path of the sheet, or look for it with Browse….")

    table = bench()

    def look(answers: Mapping[str, str], progress: Progress, anew: bool) -> updating.LookedSheet:
        return updating.look_at(table.project(project_id), path, answers)

    return _begun(bench().previews.begin(About(SHEET, path, project.path, project.id, upload), look))


@pages.get("/api/imports/<uid>")
def state(uid: str) -> ResponseReturnValue:
    """How far the look is, and what it found; waits a moment for its end."""
    found = bench().previews.get(uid)
    found.wait(PATIENCE)
    _heard(found)
    return jsonify(found.told())


@pages.get("/api/imports/<uid>/list")
def rows(uid: str) -> ResponseReturnValue:
    """A page of one of its long lists."""
    return jsonify(bench().previews.get(uid).page(request.args.get("of", ""), after()))


@pages.post("/api/imports/<uid>/answer")
def answer(uid: str) -> ResponseReturnValue:
    """Say how something is meant, and look again."""
    found, content = bench().previews.get(uid), body()
    answers = content.get("answers")
    if not isinstance(answers, dict):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    found.answer(answers, anew=content.get("again") is True)
    found.wait(PATIENCE)
    return jsonify(found.told())


@pages.post("/api/imports/<uid>/take")
def take(uid: str) -> ResponseReturnValue:
    """Take it in as it is shown, and start the run. Pressed twice, it is taken once."""
    found, content = bench().previews.get(uid), body()
    mark, who = text(content, "mark", "The mark of what was shown"), reviewer(content)
    animals = asked_profiles(content["profiles"]) if content.get("profiles") else []
    with found.taking:
        if not found.taken:
            found.leave(_taken(found, mark, who, animals))
    return jsonify(url=found.taken)


@pages.post("/api/imports/<uid>/leave")
def leave(uid: str) -> ResponseReturnValue:
    """End the look; what was uploaded for it is taken away."""
    found = bench().previews.get(uid)
    bench().previews.leave(uid)
    if found.about.upload and not found.taken:
        bench().uploads.cancel(found.about.upload)
    return jsonify(gone=True)


def _collection(content: dict[str, Any], target: Path, project: Project | None) -> Preview:
    writable(target)
    level = str(content.get("station_level") or "auto")
    path, upload = _source(content, "images_path", "“Path to uncropped images”", COLLECTION)
    images = source.checked(path, target, level)
    table = bench()
    project = project or table.there(target)
    project_id = project.id if project else ""
    package = level == "auto" and is_package(images)
    listed: list[Listing] = []  # an answer changes nothing of what lies in the folder

    def look(answers: Mapping[str, str], progress: Progress, anew: bool) -> taking.Looked | packages.LookedPackage:
        into = table.project(project_id) if project_id else None  # a backup may be put in its place meanwhile
        if package:
            return packages.look(into, images)
        files = listed[-1] if listed and not anew else None
        found = taking.look(images, answers, into, files=files, progress=progress)
        listed[:] = [found.files]
        return found

    about = About(PACKAGE if package else COLLECTION, images, target, project_id, upload, level)
    return bench().previews.begin(about, look)


def _source(content: dict[str, Any], field: str, label: str, kind: str) -> tuple[Path, str]:
    """The path that was typed, or where the upload lies; and the upload's id."""
    if not content.get("upload"):
        return folder(content, field, label), ""
    upload = bench().uploads.get(text(content, "upload", "The upload", longest=40))
    if not upload.whole or (upload.kind == "zip") != (kind == COLLECTION):
        raise BadRequestError("This file has not been sent to its end.", "Choose it again.")
    return upload.path, upload.uid


def _begun(begun: Preview) -> ResponseReturnValue:
    begun.wait(PATIENCE)
    return jsonify(id=begun.uid, url=url_for("imports.preview", uid=begun.uid))


def _heard(found: Preview) -> None:
    """The page is open: what was uploaded for it still has somebody who wants it."""
    if found.about.upload and not found.taken:
        bench().uploads.get(found.about.upload)


def _taken(found: Preview, mark: str, who: str, animals: list[str]) -> str:
    """Take it in; gives where to go on. ``animals``: the profiles of a new project."""
    about = found.about
    if found.looked().asks:
        raise BadRequestError("Something is still asked.", "Answer what is marked, then go on.")
    writable(about.project_path)
    project = bench().made(about.project_path)
    if animals and not about.project_id:
        parts_kept.keep_profiles(project.store, animals)
    job = bench().jobs.of(project)
    if job is not None and job.running:
        raise JobError("This project is at work already.", "Wait for it to end, or cancel it first.")
    if about.kind == SHEET:
        uid = updating.take(project, about.source, found.answers, who, mark=mark)
        if about.upload:
            bench().uploads.cancel(about.upload)  # all of it is in the project
    elif about.kind == PACKAGE:
        if found.looked().mark != mark:
            raise taking.ChangedError
        uid = package_in.take_package(project, about.source, who)
        if about.upload:
            bench().uploads.take(about.upload)
    else:
        uid = taking.take_in(project, about.source, found.answers, who, mark=mark, level=about.level)
        if about.upload:
            bench().uploads.take(about.upload)
    bench().run(project)
    if about.kind == SHEET:
        return url_for("collections.outcome", project_id=project.id, uid=uid)
    return url_for("run.run", project_id=project.id)
