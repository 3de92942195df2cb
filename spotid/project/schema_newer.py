"""What the newer migrations of ``schema`` run, which are never changed once released either."""

from __future__ import annotations

SEVENTH = (
    # Classifiers of species that have spoken here, and what each said of an animal: the name that counts (from the
    # score ``least`` on; empty where none does), and the first few names as a JSON list of name, score, ranks, width.
    """CREATE TABLE classifier (
         id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, name TEXT NOT NULL, least REAL NOT NULL,
         made_at TEXT NOT NULL)""",
    """CREATE TABLE classified (
         classifier_id INTEGER NOT NULL REFERENCES classifier(id),
         sighting_id INTEGER NOT NULL REFERENCES sighting(id), species TEXT NOT NULL DEFAULT '', score REAL,
         words TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (classifier_id, sighting_id)) WITHOUT ROWID""",
)
