"""The fixed words of the program, each with its sentence."""

from __future__ import annotations

from spotid import words
from spotid.project.views import SHELVES
from spotid.reference import marks

LEAD = """\
The words that stand in tables and in the project's database, each with the sentence that the pages show for it."""
CHAPTERS = (
    ("Flanks", "The side of the animal that a sighting shows.", words.Flank),
    ("Answers", "What a person may say. Every answer is one row that is never rewritten.", words.Verdict),
    ("Photographs", "Where a file stands. Every file found is in exactly one of these states.", words.MediaState),
    ("Sightings", "Where a sighting stands: one animal's box in one photograph.", words.SightingState),
    ("Jobs", "Where a long job stands.", words.JobState),
    ("Steps of a run", "", words.Stage),
)


def page() -> str:
    """The page, as Markdown."""
    head = ("word", "meaning")
    parts = [
        marks.chapter(
            title, lead, marks.table(head, [(marks.code(one.value), marks.plain(one.sentence)) for one in kind])
        )
        for title, lead, kind in CHAPTERS
    ]
    shelves = [(shelf.label, marks.plain(shelf.sentence)) for shelf in SHELVES.values()]
    parts.append(
        marks.chapter(
            "Shelves", "Every photograph lies on exactly one shelf.", marks.table(("shelf", "meaning"), shelves)
        )
    )
    problems = [(marks.code(one.value), marks.plain(one.sentence), marks.plain(one.advice)) for one in words.Problem]
    lead = "Why a file could not be used. It stands in the list of problems, and never stops a run."
    parts.append(
        marks.chapter("Problems of files", lead, marks.table(("word", "what it means", "what to do"), problems))
    )
    return marks.page("Words", LEAD, *parts)
