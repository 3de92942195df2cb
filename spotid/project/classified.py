"""What classifiers said of the species of each animal, kept with its score and with which of them said it.

``classifier`` has a row for each one that ever spoke here, ``classified`` one for each animal that it looked at: the
name that counts (empty where none was sure enough), and its first few names as JSON ``[name, score, taxonomy, wide]``.
One classifier is in force, or none: only its word counts (``species.settle``). What others said stays, so that going
back to one costs nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from spotid.errors import BadRequestError
from spotid.project import notes
from spotid.project.sightings import FACTS
from spotid.project.store import Store, now

COUNTRY = "species_country"  # a note: where the survey is, three letters of ISO 3166
IN_FORCE = "species_classifier"  # a note: the row of the classifier whose word counts; empty for none
KEPT = 5  # names of one animal
PIECE = 5000  # rows decided anew at a time
# An animal waits for a classifier where nobody else has said of which species it is. One that was put on the shelf by a
# classifier waits for the next one, too.
_WAITS = """sighting.state IN ('detected', 'cropped', 'embedded', 'other') AND media.state = 'animal'
  AND (species_by IN ('', 'classifier')
       OR (species_by IN ('sheet', 'folder') AND species IN (SELECT value FROM json_each(?1))))
  AND (sighting.state != 'other' OR species_by = 'classifier')
  AND sighting.id NOT IN (SELECT sighting_id FROM classified WHERE classifier_id = ?2)"""


@dataclass(frozen=True, slots=True)
class Word:
    """One name of a classifier; ``wide``: a group that one of the animals told apart here belongs to."""

    name: str
    score: float
    taxonomy: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What the classifier in force said of one animal: its first few names, and which of them counts (or "")."""

    by: str
    identity: str
    made_at: str
    counts: str
    score: float | None
    words: tuple[Word, ...]


Decide = Callable[[Sequence[Word], float], "Word | None"]


def begin(store: Store, identity: str, name: str, least: float, decide: Decide) -> int:
    """The row of a classifier. Where ``least`` is another than before, what it said is decided anew by it."""
    row = store.one("SELECT id, least FROM classifier WHERE identity = ?", identity)
    if row is None:
        with store.write() as connection:
            made = connection.execute(
                "INSERT INTO classifier (identity, name, least, made_at) VALUES (?, ?, ?, ?)",
                (identity, name, least, now()),
            ).lastrowid
        return int(made or 0)
    if row["least"] != least:
        _decide_anew(store, row["id"], least, decide)
    return int(row["id"])


def _decide_anew(store: Store, classifier: int, least: float, decide: Decide) -> None:
    after = 0
    with store.write() as connection:
        while rows := connection.execute(
            "SELECT sighting_id, words FROM classified WHERE classifier_id = ? AND sighting_id > ?"
            " ORDER BY sighting_id LIMIT ?",
            (classifier, after, PIECE),
        ).fetchall():
            after = rows[-1]["sighting_id"]
            decided = [(row["sighting_id"], decide(_words(row["words"]), least)) for row in rows]
            connection.executemany(
                "UPDATE classified SET species = ?, score = ? WHERE classifier_id = ? AND sighting_id = ?",
                [(*_counting(word), classifier, sighting) for sighting, word in decided],
            )
        connection.execute("UPDATE classifier SET least = ? WHERE id = ?", (least, classifier))


def in_force(store: Store) -> int | None:
    """The row of the classifier whose word counts."""
    value = store.value("SELECT value FROM note WHERE name = ?", IN_FORCE)
    return int(value) if value else None


def put_in_force(store: Store, classifier: int | None) -> None:
    """Let the word of this classifier count from now on, or of none; ``species.settle`` makes it so."""
    if in_force(store) != classifier:
        with store.write() as connection:
            value = "" if classifier is None else str(classifier)
            connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (IN_FORCE, value))


def country(store: Store, told: str = "") -> str:
    """Where the survey is, as three capital letters or ""; ``told`` by somebody now, it is kept.

    Raises BadRequestError for what is no such code.
    """
    if told.strip():
        keep_country(store, told)
    return notes.get(store, COUNTRY)


def keep_country(store: Store, told: str) -> None:
    """Keep where the survey is; an empty text takes it back. Raises BadRequestError for what is no code."""
    code = told.strip().upper()
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise BadRequestError(
            f"“{told.strip()[:40]}” is no code of a country.", "Write the three letters of ISO 3166, such as KEN."
        )
    if notes.get(store, COUNTRY) != code:
        with store.write() as connection:  # where somebody only looks it says so
            connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (COUNTRY, code))


def pending(store: Store, classifier: int, nothing: Iterable[str]) -> list[int]:
    """The animals that this classifier has not looked at and of whom nobody else has said a species, those of one
    picture one after the other. ``nothing``: names that say nothing, such as "unknown"."""
    rows = store.all(
        f"SELECT sighting.id FROM sighting JOIN media ON media.id = media_id WHERE {_WAITS}"
        " ORDER BY media_id, sighting.id",
        json.dumps(list(nothing)),
        classifier,
    )
    return [row["id"] for row in rows]


def told_by_others(store: Store) -> list[str]:
    """The names that spreadsheets and folders tell of animals."""
    rows = store.all("SELECT DISTINCT species FROM sighting WHERE species_by IN ('sheet', 'folder')")
    return [row["species"] for row in rows]


def facts(store: Store, ids: Sequence[int]) -> list[sqlite3.Row]:
    """These animals with the facts of their pictures, in the order given; those gone since are left out."""
    rows = store.all(f"{FACTS} WHERE sighting.id IN (SELECT value FROM json_each(?))", json.dumps(list(ids)))
    by_id = {row["id"]: row for row in rows}
    return [by_id[one] for one in ids if one in by_id]


def keep(store: Store, classifier: int, said: Iterable[tuple[int, Sequence[Word], Word | None]]) -> None:
    """Keep what was said of some animals: (row, its names, the one that counts). No names: it could not be looked at,
    and is not tried again by this classifier."""
    moment = now()
    with store.write() as connection:
        connection.executemany(
            "INSERT OR REPLACE INTO classified (classifier_id, sighting_id, species, score, words, made_at)"
            " SELECT ?, id, ?, ?, ?, ? FROM sighting WHERE id = ?",
            [(classifier, *_counting(word), _text(words), moment, sighting) for sighting, words, word in said],
        )


def of(store: Store, uids: Sequence[str]) -> dict[str, Said]:
    """What the classifier in force said of these animals, by uid; those it has not looked at are left out."""
    row = in_force(store)
    if row is None:
        return {}
    rows = store.all(
        "SELECT sighting.uid, name, identity, classified.made_at, classified.species, classified.score, words"
        " FROM classified JOIN sighting ON sighting.id = sighting_id JOIN classifier ON classifier.id = classifier_id"
        " WHERE classifier_id = ? AND uid IN (SELECT value FROM json_each(?))",
        row,
        json.dumps(list(uids)),
    )
    return {
        row["uid"]: Said(
            row["name"], row["identity"], row["made_at"], row["species"], row["score"], tuple(_words(row["words"]))
        )
        for row in rows
    }


def _counting(word: Word | None) -> tuple[str, float | None]:
    return ("", None) if word is None else (word.name, round(word.score, 4))


def _text(words: Sequence[Word]) -> str:
    told = [[one.name, round(one.score, 4), one.taxonomy, one.wide] for one in words[:KEPT]]
    return json.dumps(told, ensure_ascii=False)


def _words(text: str) -> list[Word]:
    return [
        Word(str(name), float(score), str(taxonomy), bool(wide)) for name, score, taxonomy, wide in json.loads(text)
    ]
