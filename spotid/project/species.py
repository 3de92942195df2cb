"""Species first, individuals second: what was said of each animal's species, and who waits on the shelf of the others.

``sighting.species`` is the name as it was told, ``species_by`` by whom: "person", "recognitions" (another program's
file), "detector" (a person or a vehicle, told with its box), "sheet", "folder" or "classifier". Each counts more than
those after it: a sheet or a folder speaks of the whole picture, and a classifier only where nobody else has told a
species. Of whom nothing was told goes on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from spotid.project import classified, notes
from spotid.project.store import Store
from spotid.words import SightingState

PERSON, RECOGNITIONS, CLASSIFIER = "person", "recognitions", "classifier"
WORDS = "species_words"  # a note: what people of this project have said of names, as JSON: name → ours
IN_LINE = (SightingState.DETECTED, SightingState.CROPPED, SightingState.EMBEDDED)
Ours = Callable[[str], "bool | None"]

# ``media.said_species`` is what was said of the whole picture.
_FOLLOW = """
UPDATE sighting SET species = media.said_species, species_by = media.said_by, species_score = NULL FROM media
WHERE media.id = sighting.media_id AND media.said_species != '' AND species_by != 'person'
  AND (species_by != 'recognitions' OR media.said_by = 'person')
  AND (species_by != 'detector' OR species NOT IN ('person', 'vehicle') OR media.said_by = 'person')
  AND (species != media.said_species OR species_by != media.said_by)
"""
# A detector that names animals, too, has written the name into ``how``.
_FORGET = """
UPDATE sighting SET species = CASE WHEN how LIKE 'detector: %' THEN substr(how, 11) ELSE '' END,
  species_by = CASE WHEN how LIKE 'detector: %' THEN 'detector' ELSE '' END,
  species_score = CASE WHEN how LIKE 'detector: %' THEN score END WHERE species_by IN ('sheet', 'folder')
  AND media_id IN (SELECT id FROM media WHERE said_species = '')
"""
_TAKEN_BACK = """
UPDATE sighting SET species = '', species_by = '', species_score = NULL WHERE species_by = 'recognitions'
  AND EXISTS (SELECT 1 FROM collection WHERE taken_back_at IS NOT NULL) AND media_id NOT IN (SELECT media_id
    FROM recognition JOIN collection ON collection.id = collection_id WHERE taken_back_at IS NULL)
"""
# A classifier that is no longer in force, or has taken its word back, is no longer heard.
_UNHEARD = """
UPDATE sighting SET species = '', species_by = '', species_score = NULL WHERE species_by = 'classifier'
  AND id NOT IN (SELECT sighting_id FROM classified WHERE classifier_id = ?1 AND species != '')
"""
# ?2: names of spreadsheets and folders that say nothing, such as "unknown animal".
_HEARD = """
UPDATE sighting SET species = word.species, species_by = 'classifier', species_score = word.score
  FROM classified AS word WHERE word.sighting_id = sighting.id AND word.classifier_id = ?1 AND word.species != ''
  AND (species_by IN ('', 'classifier')
       OR (species_by IN ('sheet', 'folder') AND sighting.species IN (SELECT value FROM json_each(?2))))
  AND (sighting.species != word.species OR species_by != 'classifier' OR species_score IS NOT word.score)
"""
# Nobody's answer is thrown over by a spreadsheet: who was identified stays, until a person says otherwise. What a
# classifier says moves nobody of whom a person has answered anything at all.
_OUT = """
UPDATE sighting SET state = 'other' WHERE state IN ('detected', 'cropped', 'embedded')
  AND species IN (SELECT value FROM json_each(?1))
  AND (species_by = 'person' OR uid NOT IN (SELECT sighting_uid FROM identity))
  AND (species_by != 'classifier' OR uid NOT IN (SELECT value FROM json_each(?2)))
"""
_ANSWERED = """
SELECT a, b FROM decision WHERE kind != 'undo' AND uid NOT IN (SELECT target FROM decision WHERE kind = 'undo')
"""
# Its crop and its numbers are still there, where it had any.
_BACK = """CASE WHEN recipe IS NULL THEN 'detected' WHEN id IN (SELECT sighting_id FROM embedding) THEN 'embedded'
  ELSE 'cropped' END"""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many animals went onto the shelf of other species, how many came back, and how many stay though they are
    told to be of another species, because they were identified."""

    out: int = 0
    back: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Before:
    """What was said of one animal before a person said something else."""

    uid: str
    species: str
    species_by: str
    species_score: float | None


def words(store: Store) -> dict[str, bool]:
    """What people of this project have said of names: name → whether it is one of the animals told apart here."""
    try:
        said = json.loads(notes.get(store, WORDS) or "{}")
    except ValueError:
        return {}
    return {str(name): ours for name, ours in said.items() if isinstance(ours, bool)} if isinstance(said, dict) else {}


def say_word(store: Store, name: str, ours: bool | None) -> None:
    """Keep what a person says of a name; None takes it back. ``settle`` makes it count."""
    said = words(store)
    said.pop(name, None)
    notes.put(store, WORDS, json.dumps(said if ours is None else said | {name: ours}, ensure_ascii=False))


def settle(store: Store, ours: Ours) -> Settled:
    """Let every animal go where its species belongs: on in the line, or onto the shelf.

    ``ours`` says of a name whether individuals are told apart of it, None where the name says nothing.
    """
    with store.write() as connection:
        _follow(connection)
        _hear(connection, classified.in_force(store), ours)
        return _sort(connection, ours)


def follow(store: Store) -> None:
    """Let every animal bear the name that recognitions, spreadsheets and folders tell now; none is moved by it."""
    with store.write() as connection:
        _follow(connection)


def _follow(connection: sqlite3.Connection) -> None:
    connection.execute(_TAKEN_BACK)
    connection.execute(_FORGET)
    connection.execute(_FOLLOW)


def _hear(connection: sqlite3.Connection, classifier: int | None, ours: Ours) -> None:
    """Let the word of the classifier in force count where nobody else has told a species."""
    connection.execute(_UNHEARD, (classifier,))
    if classifier is not None:
        told = connection.execute("SELECT DISTINCT species FROM sighting WHERE species_by IN ('sheet', 'folder')")
        nothing = json.dumps([row[0] for row in told if ours(row[0]) is None])
        connection.execute(_HEARD, (classifier, nothing))


def _sort(connection: sqlite3.Connection, ours: Ours) -> Settled:
    told = connection.execute("SELECT DISTINCT species FROM sighting WHERE species != '' AND state != 'withdrawn'")
    others = json.dumps([row[0] for row in told if ours(row[0]) is False])
    answered = json.dumps([uid for row in connection.execute(_ANSWERED) for uid in row if uid is not None])
    out = connection.execute(_OUT, (others, answered)).rowcount
    back = connection.execute(
        f"UPDATE sighting SET state = {_BACK} WHERE state = 'other'"
        " AND species NOT IN (SELECT value FROM json_each(?))",
        (others,),
    ).rowcount
    kept = connection.execute(
        "SELECT COUNT(*) FROM sighting WHERE state IN ('detected', 'cropped', 'embedded')"
        " AND species IN (SELECT value FROM json_each(?))",
        (others,),
    ).fetchone()[0]
    return Settled(out, back, int(kept))


def say(store: Store, uids: Sequence[str], species: str, ours: Ours) -> list[Before]:
    """A person says the species of these animals; what was said of each before, for ``put_back``.

    Answers about them stay: they count again when an animal comes back from the shelf.
    """
    with store.write() as connection:
        before = _before(connection, uids)
        connection.executemany(
            "UPDATE sighting SET species = ?, species_by = ?, species_score = NULL WHERE uid = ?",
            [(species, PERSON, one.uid) for one in before],
        )
        _sort(connection, ours)
        return before


def put_back(store: Store, before: Iterable[Before], ours: Ours) -> int:
    """Take what a person has just said back: what was said before counts again. Returns of how many animals."""
    with store.write() as connection:
        rows = [(one.species, one.species_by, one.species_score, one.uid, PERSON) for one in before]
        changed = connection.executemany(
            "UPDATE sighting SET species = ?, species_by = ?, species_score = ? WHERE uid = ? AND species_by = ?", rows
        ).rowcount
        _sort(connection, ours)
        return int(changed)


def _before(connection: sqlite3.Connection, uids: Sequence[str]) -> list[Before]:
    rows = connection.execute(
        "SELECT uid, species, species_by, species_score FROM sighting WHERE state != 'withdrawn'"
        " AND uid IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(uids)),),
    )
    return [Before(row["uid"], row["species"], row["species_by"], row["species_score"]) for row in rows]
