"""The page: a thin window onto the rooms. ``create_app`` loads no torch, cv2 or faiss, so that it opens in a second."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from spotid import __version__, words
from spotid.errors import SpotIDError
from spotid.jobs.teaching import Proposals
from spotid.places import program_folder
from spotid.settings import settings
from spotid.web import (
    about,
    boxes,
    care,
    clips,
    clocks,
    collections,
    conflicts,
    deeds,
    deployed,
    effort,
    export,
    guard,
    help,
    home,
    imports,
    individuals,
    learn,
    looks,
    models,
    odd,
    original,
    pairs,
    parts,
    photograph,
    pictures,
    places,
    quit,
    recognitions,
    relink,
    report,
    review,
    reviewers,
    run,
    session,
    shelves,
    species,
    strips,
    tongues,
    uploads,
)
from spotid.web.bench import Bench

VOCABULARIES = (words.Flank, words.Verdict, words.MediaState, words.SightingState, words.JobState, words.Stage)
REFUSALS = {
    404: "There is nothing at this address.",
    405: "SpotID does not answer this kind of request.",
    413: "More was sent than SpotID takes at once.",
}


def create_app(chosen: dict[str, Any] | None = None, key: str | None = None) -> Flask:
    """The application. ``chosen`` overrides settings by name; with a ``key`` only who brings it is let in."""
    base = program_folder()
    app = Flask("spotid", template_folder=str(base / "templates"), static_folder=str(base / "static"))
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["bench"] = Bench(settings(chosen))
    app.extensions["proposals"] = Proposals()
    tongues.install(app)
    guard.install(app)
    if key is not None:
        session.install(app, key)
    for family in (
        home,
        run,
        review,
        boxes,
        pictures,
        clips,
        shelves,
        export,
        care,
        looks,
        parts,
        individuals,
        pairs,
        photograph,
        deeds,
        conflicts,
        reviewers,
        help,
        about,
        report,
        quit,
        relink,
        original,
        strips,
        uploads,
        imports,
        collections,
        places,
        odd,
        deployed,
        clocks,
        effort,
        species,
        recognitions,
        models,
        learn,
    ):
        app.register_blueprint(family.pages)

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        endpoint = (request.endpoint or "").split(".")[-1]
        shown = {kind.__name__: {word.value: tongues.say(word.sentence) for word in kind} for kind in VOCABULARIES}
        return {"version": __version__, "words": shown, "project": None, "page": endpoint}

    @app.errorhandler(SpotIDError)
    def advised(error: SpotIDError) -> tuple[Response | str, int]:
        return _error(error.code, error.sentence, error.advice, error.status)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[Response | str, int]:
        sentence = REFUSALS.get(error.code or 500, "The page could not be shown.")
        return _error("http", sentence, "Go back to the home page.", error.code or 500)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[Response | str, int]:
        logging.getLogger("spotid").exception("a request failed: %s", request.path)
        return _error(
            "unexpected",
            "Something unexpected went wrong.",
            "Answers shown as kept are safe. Reload the page; if it happens again, send the log file.",
            500,
        )

    return app


def bench_of(app: Flask) -> Bench:
    """The open projects of an application."""
    bench: Bench = app.extensions["bench"]
    return bench


def _error(code: str, sentence: str, advice: str, status: int) -> tuple[Response | str, int]:
    said, advised = tongues.say(sentence), tongues.say(advice)
    # A sentence that is in no catalogue stays English, and the page says so to screen readers.
    mixed = tongues.language() != "en" and said == sentence
    if request.path.startswith("/api/"):
        told = {"code": code, "sentence": said, "advice": advised}
        return jsonify(error=told | ({"lang": "en"} if mixed else {})), status
    template = "locked.html" if code in ("foreign", "not-let-in") else "error.html"
    return render_template(template, sentence=said, advice=advised, status=status, in_english=mixed), status
