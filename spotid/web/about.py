"""About this copy: what it is, where it keeps things, whether it works, whose work it carries, what is newer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from spotid import about, log
from spotid.errors import NotFoundError
from spotid.jobs import selfcheck
from spotid.places import projects_folder, user_path
from spotid.support import newer
from spotid.web import browser

pages = Blueprint("about", __name__)

FLAVOURS = {
    "core": "Built-in models only.",
    "full": "With the libraries of the published models.",
    "source": "Started from its source.",
}
LONGEST_TEXT = 400_000


@pages.get("/about")
def about_page() -> ResponseReturnValue:
    """Version, flavour, folders, licences, and the self-check."""
    this = about.build()
    return render_template(
        "about.html",
        build=this,
        flavour=FLAVOURS.get(this.flavour, ""),
        folders={"projects": projects_folder(), "own": user_path(), "log": log.where()},
        licences=about.licences(),
    )


@pages.get("/api/licence/<int:number>")
def licence(number: int) -> ResponseReturnValue:
    """The licence texts of one of the works that the bundle carries, by its place in the list."""
    known = about.licences()
    if number >= len(known):
        raise NotFoundError("There is no such licence.", "Reload the page.")
    one = known[number]
    text = one.text_path.read_text(encoding="utf-8", errors="replace") if one.text_path.is_file() else ""
    return jsonify(name=one.name, version=one.version, licence=one.licence, text=text[:LONGEST_TEXT])


@pages.post("/api/selfcheck")
def check() -> ResponseReturnValue:
    """Whether this copy works on this computer; what is heavy is tried in a process of its own."""
    said = [*selfcheck.look(), selfcheck.of_browser(browser.known())]
    return jsonify(checks=[asdict(one) for one in said], fine=all(one.ok for one in said))


@pages.post("/api/newer")
def look_for_newer() -> ResponseReturnValue:
    """Ask the releases of this copy, because a person has pressed the button: nothing else ever does."""
    found = newer.look()
    there: dict[str, Any] | None = {"version": found.version, "url": found.url} if found.version else None
    return jsonify(newer=there, sentence=found.sentence)
