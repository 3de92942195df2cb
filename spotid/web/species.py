"""Species: the shelf of other species and the animals that go on, sorted by a person, many at once."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.jobs.stages import line_of
from spotid.profiles.names import OTHER_SPECIES, Names
from spotid.project import classified, filenames, species, species_shelf
from spotid.project.folder import Project
from spotid.project.species_shelf import LINE, OTHERS
from spotid.web.common import after, bench, body, shown, text
from spotid.web.pictures import UID
from spotid.weights import shelf

pages = Blueprint("species", __name__)

PAGE = 60
MOST = 5000  # animals of one request
LONGEST = 80  # letters of a name
TOLD_BY = ("person", "recognitions", "detector", "sheet", "folder", "classifier")
GUESSES = 3  # names of a classifier that are told of an animal


@pages.get("/project/<project_id>/species")
def page(project_id: str) -> ResponseReturnValue:
    """The animals of one shelf, of all names or one, a page at a time."""
    project = bench().project(project_id)
    which = LINE if request.args.get("shelf") == LINE else OTHERS
    name = request.args.get("name")
    found = species_shelf.listed(project.store, which, name, after(), PAGE + 1)
    names = _names(project)
    said = classified.of(project.store, [row["uid"] for row in found[:PAGE]])
    return render_template(
        "species.html",
        project=shown(project),
        which=which,
        name=name,
        told=[_told(project, which, one, names) for one in species_shelf.names(project.store, which)],
        rows=[_row(row, said.get(row["uid"])) for row in found[:PAGE]],
        next_after=found[PAGE - 1]["id"] if len(found) > PAGE else None,
        counts={one: species_shelf.count(project.store, one) for one in (OTHERS, LINE)},
        files=species_shelf.files(project.store, which),
        matching=species_shelf.count(project.store, which, name),
        ours=names.first,
        kinds=[one.species[0] for one in line_of(project, bench().settings).all_profiles if one.species],
        every=names.any,
        said=sorted(species.words(project.store).items()),
        classifier=_of_countries(line_of(project, bench().settings).chosen.classifier),
        country=classified.country(project.store),
    )


@pages.post("/api/project/<project_id>/species/sort")
def sort(project_id: str) -> ResponseReturnValue:
    """A person says of some animals that they are one of those told apart here, or of another species.

    Where a project tells several kinds apart, ``species`` says which of them is meant.
    """
    project, content = bench().project(project_id), body()
    uids, ours, named = content.get("sightings"), content.get("ours"), content.get("species")
    if not isinstance(uids, list) or not 0 < len(uids) <= MOST or not all(_is_uid(uid) for uid in uids):
        raise BadRequestError("No animals were chosen.", "Choose some, and press the button again.")
    if not isinstance(ours, bool):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    names = _names(project)
    said = names.first if ours else OTHER_SPECIES
    if isinstance(named, str) and named.strip():
        said = " ".join(text(content, "species", "The species", longest=LONGEST).split())
        if ours and names.ours(said) is not True:
            raise BadRequestError(f"“{said}” is none of the animals that are told apart here.", "Reload the page.")
        if not ours and names.ours(said) is not False:
            raise BadRequestError(
                f"“{said}” is one of the animals that are told apart here.", "Write another name, or leave it empty."
            )
    before = species.say(project.store, uids, said, names.ours)
    bench().boxes_changed(project_id)
    undo = [[one.uid, one.species, one.species_by, one.species_score] for one in before]
    return jsonify(sorted=len(before), before=undo)


@pages.post("/api/project/<project_id>/species/sort-back")
def sort_back(project_id: str) -> ResponseReturnValue:
    """Take what was just said back: what was said before counts again."""
    project, content = bench().project(project_id), body()
    told = content.get("before")
    if not isinstance(told, list) or not 0 < len(told) <= MOST:
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    back = species.put_back(project.store, [_before(one) for one in told], _names(project).ours)
    bench().boxes_changed(project_id)
    return jsonify(sorted=back)


@pages.post("/api/project/<project_id>/species/name")
def name_word(project_id: str) -> ResponseReturnValue:
    """A person says of a name whether it is one of the animals told apart here; all animals called so follow."""
    project, content = bench().project(project_id), body()
    name, ours = text(content, "species", "The name", longest=LONGEST), content.get("ours")
    if ours is not None and not isinstance(ours, bool):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    species.say_word(project.store, name.strip(), ours)
    done = species.settle(project.store, _names(project).ours)
    bench().boxes_changed(project_id)
    return jsonify(out=done.out, back=done.back, kept=done.kept)


@pages.post("/api/project/<project_id>/species/country")
def country(project_id: str) -> ResponseReturnValue:
    """A person says where the survey is: the next run leaves out what does not live there. Empty: nowhere."""
    project = bench().project(project_id)
    said = body().get("country")
    if not isinstance(said, str):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    classified.keep_country(project.store, said)
    return jsonify(country=classified.country(project.store))


def _of_countries(classifier: str) -> str:
    """The classifier, where it knows in which countries animals live; else ""."""
    model = shelf.models().get(classifier)
    return classifier if model is not None and model.made_by.endswith(":SpeciesNet") else ""


def _names(project: Project) -> Names:
    return line_of(project, bench().settings).names


def _is_uid(value: object) -> bool:
    return isinstance(value, str) and UID.fullmatch(value) is not None


def _before(value: object) -> species.Before:
    """What a page gives back of one animal. Raises BadRequestError."""
    if isinstance(value, list) and len(value) == 4 and _is_uid(value[0]):
        uid, name, by, score = value
        good = isinstance(score, int | float) and not isinstance(score, bool) and 0 <= score <= 1
        if isinstance(name, str) and len(name) <= 10 * LONGEST and by in ("", *TOLD_BY) and (score is None or good):
            try:
                name.encode()
            except UnicodeEncodeError:
                pass
            else:
                return species.Before(uid, name, by, score)
    raise BadRequestError("The request could not be understood.", "Reload the page and try again.")


def _told(project: Project, which: str, one: species_shelf.Told, names: Names) -> dict[str, Any]:
    return {
        "name": one.species,
        "shown": filenames.shown(one.species),
        "count": one.count,
        "by": [by for by in one.by if by in TOLD_BY],
        "ours": names.ours(one.species),
        "url": url_for("species.page", project_id=project.id, shelf=which, name=one.species),
    }


def _row(row: sqlite3.Row, said: classified.Said | None) -> dict[str, Any]:
    heard = said is not None and row["species_by"] == species.CLASSIFIER
    guesses = [one for one in said.words if one.name][:GUESSES] if said is not None else []
    guesses = guesses if heard or not row["species"] else []
    return {
        # Which classifier it was, and what it thought besides; without a name that counts, what it was not sure of.
        "classifier": said.by if said is not None and (heard or guesses) else None,
        "guesses": [f"{one.name} {100 * one.score:.0f}\u00a0%" for one in guesses]
        if heard or not row["species"]
        else [],
        "version": said.identity if said is not None else "",
        "uid": row["uid"],
        "media_uid": row["media_uid"],
        "species": filenames.shown(row["species"]),
        "percent": None if row["species_score"] is None else f"{100 * row['species_score']:.0f}",
        "by": row["species_by"],
        "name": filenames.shown(row["relpath"].rsplit("/", 1)[-1]),
        "station": filenames.shown(row["station"] or ""),
        "captured_at": row["captured_at"],
        "code": row["code"],
    }
