"""Help: the manual inside the program, without the internet, and which chapter belongs to which screen."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import NotFoundError
from spotid.web import manual

pages = Blueprint("help", __name__)

# Every screen with the page of the manual, and the heading in it, that explains it.
SCREENS = {
    "home.home": "guide/first_survey",
    "imports.preview": "guide/import#on-the-page",
    "collections.listed": "guide/import#on-the-page",
    "collections.outcome": "guide/import#what-becomes-of-it",
    "run.run": "guide/first_survey#while-it-runs",
    "shelves.dashboard": "guide/first_survey#the-overview",
    "shelves.files": "guide/first_survey#the-overview",
    "species.page": "guide/species#the-shelf-of-other-species",
    "recognitions.page": "guide/species#take-in-what-another-program-found",
    "review.review": "guide/review",
    "boxes.boxes": "guide/boxes",
    "individuals.individuals": "guide/individuals",
    "individuals.individual": "guide/individuals#the-page-of-one-animal",
    "individuals.shelf": "guide/individuals#the-page-of-one-animal",
    "pairs.suggestions": "guide/individuals#merge-two-individuals",
    "pairs.flanks": "guide/flanks#link-the-two-flanks-of-an-animal",
    "pairs.unidentifiable": "guide/individuals#the-unidentifiable",
    "photograph.photograph": "guide/individuals#assign-a-picture",
    "conflicts.page": "guide/review#conflicts",
    "reviewers.page": "guide/two_laptops",
    "places.stations": "guide/stations",
    "deployed.deployments": "guide/stations#deployments",
    "clocks.clocks": "guide/clocks#find-a-wrong-clock",
    "clocks.clock": "guide/clocks#put-it-right",
    "effort.effort": "guide/stations#effort",
    "strips.page": "guide/clocks#times-printed-into-the-pictures",
    "export.export": "guide/exports_r",
    "care.care": "guide/care#backups",
    "care.closed": "guide/care#put-a-backup-back",
    "models.models_page": "guide/models",
    "about.about_page": "guide/install#where-things-are-kept",
    "report.report_page": "guide/troubleshooting#report-a-problem",
}
OTHERWISE = "guide/troubleshooting"


@pages.get("/help/")
def help_index() -> ResponseReturnValue:
    """The contents of the manual."""
    return _shown("index")


@pages.get("/help/<path:page>")
def help_page(page: str) -> ResponseReturnValue:
    """One page of the manual, such as guide/flanks."""
    return _shown(page)


@pages.get("/help/pictures/<name>")
def help_picture(name: str) -> ResponseReturnValue:
    """A picture of the manual."""
    return send_from_directory(manual.folder() / manual.PICTURES, name)


@pages.get("/api/help/index")
def help_words() -> ResponseReturnValue:
    """Every heading of the manual with the words below it, for the search in the browser."""
    entries = [
        {
            "page": page.title,
            "title": section.heading.text,
            "url": f"{_base()}{page.name}#{section.heading.slug}",
            "words": section.text,
        }
        for page in manual.everything(_base())
        for section in page.sections
    ]
    return jsonify(entries=entries)


@pages.app_context_processor
def help_here() -> dict[str, Any]:
    """The address of the chapter on the screen that is being drawn."""
    return {"help_url": help_for(request.endpoint or "")}


def help_for(screen: str) -> str:
    """The address of the chapter that belongs to a screen (``review.review``); troubleshooting where there is none."""
    page, _, anchor = SCREENS.get(screen, OTHERWISE).partition("#")
    if screen.startswith("help."):
        return url_for("help.help_index")
    return url_for("help.help_page", page=page, _anchor=anchor or None)


def _base() -> str:
    return url_for("help.help_index")


def _shown(name: str) -> ResponseReturnValue:
    found = manual.page(name, _base())
    if found is None and not manual.contents():
        raise NotFoundError(
            "This copy of SpotID came without its manual.",
            "Unpack or install SpotID again: the manual is its folder “docs”.",
        )
    if found is None:
        raise NotFoundError("The manual has no such page.", "Choose one from its contents, under Help.")
    parts = manual.contents()
    names = [("index", ""), *(page for part in parts for page in part.pages)]
    place = next((at for at, (one, _) in enumerate(names) if one == name), None)
    return render_template(
        "help.html",
        found=found,
        parts=parts,
        before=names[place - 1] if place else None,
        after=names[place + 1] if place is not None and place + 1 < len(names) else None,
    )
