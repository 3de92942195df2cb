"""The database's tables, as ordered migrations that are never changed once released."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from spotid.errors import NewerProjectError, ProjectError
from spotid.project.schema_newer import SEVENTH

APPLICATION_ID = 0x53504F54  # "SPOT"
migrations = Migrations("spotid")

FIRST = (
    """CREATE TABLE reviewer (id INTEGER PRIMARY KEY, initials TEXT NOT NULL UNIQUE COLLATE NOCASE)""",
    # Moving the photographs to another disk changes one row.
    """CREATE TABLE root (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE)""",
    """CREATE TABLE station (
         id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, latitude REAL, longitude REAL)""",
    """CREATE TABLE deployment (
         id INTEGER PRIMARY KEY, station_id INTEGER NOT NULL REFERENCES station(id), camera TEXT NOT NULL DEFAULT '',
         starts_at TEXT, ends_at TEXT, clock_offset_s INTEGER NOT NULL DEFAULT 0,
         UNIQUE (station_id, camera, starts_at))""",
    """CREATE TABLE outage (
         id INTEGER PRIMARY KEY, deployment_id INTEGER NOT NULL REFERENCES deployment(id), starts_at TEXT NOT NULL,
         ends_at TEXT, reason TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE survey (id INTEGER PRIMARY KEY, title TEXT NOT NULL, starts_at TEXT, ends_at TEXT)""",
    """CREATE TABLE media (
         id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, root_id INTEGER NOT NULL REFERENCES root(id),
         relpath TEXT NOT NULL, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL, sha256 TEXT,
         kind TEXT NOT NULL DEFAULT 'picture', parent_id INTEGER REFERENCES media(id),
         width INTEGER, height INTEGER, captured_at TEXT, time_source TEXT,
         station_id INTEGER REFERENCES station(id), camera TEXT NOT NULL DEFAULT '', make TEXT, model TEXT, serial TEXT,
         visit INTEGER, state TEXT NOT NULL DEFAULT 'found', problem TEXT, problem_detail TEXT,
         UNIQUE (root_id, relpath))""",
    """CREATE INDEX media_by_state ON media (state, id)""",
    """CREATE INDEX media_by_station ON media (station_id, captured_at)""",
    """CREATE INDEX media_by_sha256 ON media (sha256)""",
    """CREATE TABLE sighting (
         id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, media_id INTEGER NOT NULL REFERENCES media(id),
         x REAL NOT NULL, y REAL NOT NULL, w REAL NOT NULL, h REAL NOT NULL, score REAL NOT NULL,
         boxed_by TEXT NOT NULL, how TEXT NOT NULL DEFAULT '', species TEXT NOT NULL DEFAULT '',
         flank TEXT NOT NULL DEFAULT 'unknown', quality REAL, recipe TEXT, cut_by TEXT, cut_score REAL,
         state TEXT NOT NULL DEFAULT 'detected', problem TEXT)""",
    """CREATE INDEX sighting_by_media ON sighting (media_id)""",
    """CREATE INDEX sighting_by_state ON sighting (state, id)""",
    """CREATE TABLE encoder (
         id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, name TEXT NOT NULL, dim INTEGER NOT NULL)""",
    """CREATE TABLE embedding (
         encoder_id INTEGER NOT NULL REFERENCES encoder(id), sighting_id INTEGER NOT NULL REFERENCES sighting(id),
         shard INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (encoder_id, sighting_id)) WITHOUT ROWID""",
    """CREATE UNIQUE INDEX embedding_by_row ON embedding (encoder_id, shard, row)""",
    # Human answers. Append only: undo is another row.
    """CREATE TABLE decision (
         id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
         a TEXT, b TEXT, target TEXT, reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL,
         seconds REAL, evidence TEXT NOT NULL DEFAULT '{}', CHECK (b IS NULL OR a < b))""",
    """CREATE INDEX decision_by_target ON decision (target)""",
    """CREATE TRIGGER decision_is_final BEFORE UPDATE ON decision
         BEGIN SELECT RAISE(ABORT, 'answers are never rewritten'); END""",
    """CREATE TRIGGER decision_stays BEFORE DELETE ON decision
         BEGIN SELECT RAISE(ABORT, 'answers are never deleted'); END""",
    # Computed from the decisions, and computed again whenever in doubt.
    """CREATE TABLE individual (
         id INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE, code TEXT NOT NULL UNIQUE COLLATE NOCASE,
         born_of INTEGER NOT NULL REFERENCES decision(id))""",
    """CREATE TABLE identity (
         sighting_uid TEXT PRIMARY KEY, individual_id INTEGER NOT NULL REFERENCES individual(id)) WITHOUT ROWID""",
    """CREATE INDEX identity_by_individual ON identity (individual_id)""",
    """CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE job (
         id INTEGER PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
         progress TEXT NOT NULL DEFAULT '{}', sentence TEXT NOT NULL DEFAULT '', advice TEXT NOT NULL DEFAULT '',
         result TEXT NOT NULL DEFAULT '{}')""",
    """CREATE TABLE export (
         id INTEGER PRIMARY KEY, written_at TEXT NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL,
         individuals INTEGER NOT NULL, files INTEGER NOT NULL, last_decision INTEGER NOT NULL)""",
    # One row for every file ever written into a match directory, so that a second export adds and never overwrites.
    """CREATE TABLE exported_file (
         folder TEXT NOT NULL, relpath TEXT NOT NULL COLLATE NOCASE, sighting_uid TEXT NOT NULL, code TEXT NOT NULL,
         PRIMARY KEY (folder, relpath)) WITHOUT ROWID""",
)


@migrations()
def m001_first(db: Database) -> None:
    """The tables of the first release."""
    for statement in FIRST:
        db.execute(statement)


SECOND = (
    # Who told the station: "table", "name" (of the file), "folder". Folders may be sorted by anything.
    """ALTER TABLE media ADD COLUMN station_by TEXT NOT NULL DEFAULT ''""",
    """ALTER TABLE sighting ADD COLUMN flank_score REAL""",
    # The chance of the left side less that of the right, as the program sees it: kept where neither is sure, too.
    """ALTER TABLE sighting ADD COLUMN flank_lean REAL""",
    """ALTER TABLE sighting ADD COLUMN flank_by TEXT NOT NULL DEFAULT ''""",
    # What a person said of a whole frame: its boxes (fractions, possibly none), drawn or accepted. Append only; the
    # newest row of a frame counts. Boxes of machines teach the detector nothing; these do.
    """CREATE TABLE frame_answer (
         id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, media_uid TEXT NOT NULL, boxes TEXT NOT NULL,
         reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL, seconds REAL)""",
    """CREATE INDEX frame_answer_by_media ON frame_answer (media_uid, id)""",
    """CREATE TRIGGER frame_answer_is_final BEFORE UPDATE ON frame_answer
         BEGIN SELECT RAISE(ABORT, 'answers are never rewritten'); END""",
    """CREATE TRIGGER frame_answer_stays BEFORE DELETE ON frame_answer
         BEGIN SELECT RAISE(ABORT, 'answers are never deleted'); END""",
)


@migrations()
def m002_frames_and_flanks(db: Database) -> None:
    """Boxes that people drew, and how sure a flank is."""
    for statement in SECOND:
        db.execute(statement)


THIRD = (
    # How often a file was in hand when a worker died: one that takes every worker along is put aside in the end.
    """CREATE TABLE crash (
         media_uid TEXT NOT NULL, stage TEXT NOT NULL, times INTEGER NOT NULL, last_at TEXT NOT NULL,
         PRIMARY KEY (media_uid, stage)) WITHOUT ROWID""",
    # Checksums of the pictures made of a sighting and of a file: a flipped bit still decodes, and looks right.
    """ALTER TABLE sighting ADD COLUMN seal TEXT""",
    """ALTER TABLE media ADD COLUMN small_seal TEXT""",
)


@migrations()
def m003_crashes_and_seals(db: Database) -> None:
    """Files that were in hand when a worker died, and how damage to a picture is noticed."""
    for statement in THIRD:
        db.execute(statement)


FOURTH = (
    # Computed from the decisions like the rest of the table: what people said of an individual (a JSON object).
    """ALTER TABLE individual ADD COLUMN name TEXT""",
    """ALTER TABLE individual ADD COLUMN facts TEXT NOT NULL DEFAULT '{}'""",
    # When answers of another laptop were taken over: how many rows were new, how many were known, and the report.
    """CREATE TABLE ledger_merge (
         id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, project_id TEXT NOT NULL, title TEXT NOT NULL,
         merged_at TEXT NOT NULL, taken INTEGER NOT NULL, known INTEGER NOT NULL, report TEXT NOT NULL DEFAULT '{}')""",
)


@migrations()
def m004_names_and_other_ledgers(db: Database) -> None:
    """Names of individuals, and answers that came from another laptop."""
    for statement in FOURTH:
        db.execute(statement)


FIFTH = (
    # The moment as the camera's clock had it, trusted or not. ``captured_at`` is this moment put right by what people
    # said of the clock, and empty where it is not to be trusted.
    """ALTER TABLE media ADD COLUMN clock_at TEXT""",
    """UPDATE media SET clock_at = captured_at""",
    """ALTER TABLE media ADD COLUMN deployment_id INTEGER REFERENCES deployment(id)""",
    # By whom it is told: "" by its time, else by "person" or "package", and then no time moves it to another.
    """ALTER TABLE media ADD COLUMN deployment_by TEXT NOT NULL DEFAULT ''""",
    """ALTER TABLE media ADD COLUMN gps_latitude REAL""",  # as the file itself says where it was taken
    """ALTER TABLE media ADD COLUMN gps_longitude REAL""",
    # Of a clip its length; of a still the clip's row is ``parent_id`` and this its moment in it.
    """ALTER TABLE media ADD COLUMN seconds REAL""",
    """ALTER TABLE media ADD COLUMN at_ms INTEGER""",
    # What was said of the whole picture, and by whom: "sheet", "folder", "recognitions", "person".
    """ALTER TABLE media ADD COLUMN said_species TEXT NOT NULL DEFAULT ''""",
    """ALTER TABLE media ADD COLUMN said_by TEXT NOT NULL DEFAULT ''""",
    """CREATE INDEX media_by_parent ON media (parent_id) WHERE parent_id IS NOT NULL""",
    """CREATE INDEX media_by_deployment ON media (deployment_id)""",
    """ALTER TABLE sighting ADD COLUMN species_score REAL""",
    """ALTER TABLE sighting ADD COLUMN species_by TEXT NOT NULL DEFAULT ''""",
    # Where leopards walk is not told to everybody.
    """ALTER TABLE station ADD COLUMN sensitive INTEGER NOT NULL DEFAULT 1""",
    """ALTER TABLE station ADD COLUMN placed_by TEXT NOT NULL DEFAULT ''""",
    """ALTER TABLE deployment ADD COLUMN told_by TEXT NOT NULL DEFAULT ''""",  # "table", "person", "photographs", …
    # Earlier programs kept what the table had, in whatever form; it is read again, and this is only what a day can be.
    """UPDATE deployment SET told_by = 'table',
         starts_at = CASE WHEN date(starts_at) = substr(starts_at, 1, 10) THEN replace(starts_at, ' ', 'T') END,
         ends_at = CASE WHEN date(ends_at) = substr(ends_at, 1, 10) THEN replace(ends_at, ' ', 'T') END""",
    """ALTER TABLE deployment ADD COLUMN source_uid TEXT""",  # what another program calls it
    """ALTER TABLE deployment ADD COLUMN zone_minutes INTEGER""",
    """ALTER TABLE survey ADD COLUMN occasion_days INTEGER NOT NULL DEFAULT 1""",
    # What a person said of a camera's clock: from a moment of that clock on (the beginning where empty) so much more is
    # to be added to it. Append only; the newest row of a deployment, camera and moment counts, and all of them add up.
    """CREATE TABLE clock_word (
         id INTEGER PRIMARY KEY AUTOINCREMENT, deployment_id INTEGER NOT NULL REFERENCES deployment(id),
         camera TEXT NOT NULL DEFAULT '', from_at TEXT, offset_s INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '',
         reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL)""",
    """CREATE INDEX clock_word_by_deployment ON clock_word (deployment_id, id)""",
    """INSERT INTO clock_word (deployment_id, offset_s, made_at)
         SELECT id, clock_offset_s, '' FROM deployment WHERE clock_offset_s != 0""",
    """ALTER TABLE deployment DROP COLUMN clock_offset_s""",
    # Collections taken in, and what each said of its files. ``kind``: "unsorted", "sorted", "sheet", "update",
    # "recognitions", "package", "original". ``answers``: how a person said that it is meant.
    """CREATE TABLE collection (
         id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, source TEXT NOT NULL,
         root_id INTEGER REFERENCES root(id), answers TEXT NOT NULL DEFAULT '{}', report TEXT NOT NULL DEFAULT '{}',
         reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL, taken_back_at TEXT)""",
    """CREATE TABLE collection_row (
         id INTEGER PRIMARY KEY, collection_id INTEGER NOT NULL REFERENCES collection(id),
         root_id INTEGER NOT NULL REFERENCES root(id), relpath TEXT NOT NULL, lines TEXT NOT NULL DEFAULT '',
         name TEXT NOT NULL DEFAULT '', flank TEXT NOT NULL DEFAULT '', species TEXT NOT NULL DEFAULT '',
         station TEXT NOT NULL DEFAULT '', latitude REAL, longitude REAL, taken TEXT, box TEXT NOT NULL DEFAULT '',
         state TEXT NOT NULL DEFAULT 'waits', why TEXT NOT NULL DEFAULT '', sighting TEXT NOT NULL DEFAULT '')""",
    """CREATE INDEX collection_row_by_file ON collection_row (root_id, relpath)""",
    """CREATE INDEX collection_row_by_state ON collection_row (collection_id, state, id)""",
    """CREATE INDEX collection_row_by_name ON collection_row (collection_id, name, id)""",
    # A collection may tell the sides of thousands of animals, one answer each.
    """CREATE INDEX decision_on_flank ON decision (a, id) WHERE kind = 'flank'""",
    # What another program found in a file: a JSON list of boxes with scores and species; used once the file is read.
    """CREATE TABLE recognition (
         id INTEGER PRIMARY KEY, collection_id INTEGER NOT NULL REFERENCES collection(id),
         media_id INTEGER NOT NULL REFERENCES media(id), boxes TEXT NOT NULL, species TEXT NOT NULL DEFAULT '',
         species_score REAL, used INTEGER NOT NULL DEFAULT 0)""",
    """CREATE INDEX recognition_by_media ON recognition (media_id, id)""",
    # What the writing in a picture without a date says, and what a person said of the times of a card (all pictures
    # of one camera in one folder). ``taken``: the time in use; ``before``: what stood there before it (a JSON list).
    """CREATE TABLE strip (
         media_id INTEGER PRIMARY KEY REFERENCES media(id), card TEXT NOT NULL, sha256 TEXT NOT NULL, seen TEXT,
         state TEXT NOT NULL DEFAULT '', taken TEXT, camera TEXT NOT NULL DEFAULT '', before TEXT)""",
    """CREATE INDEX strip_by_card ON strip (card, state)""",
    """CREATE TABLE strip_word (
         id INTEGER PRIMARY KEY AUTOINCREMENT, card TEXT NOT NULL, said TEXT NOT NULL,
         day_order TEXT NOT NULL DEFAULT '',
         reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL)""",
)


@migrations()
def m005_collections_clips_and_clocks(db: Database) -> None:
    """Collections with what they say, clips and their stills, species, and what is said of camera clocks."""
    for statement in FIFTH:
        db.execute(statement)


SIXTH = (
    # Where stations are to each other, where nobody tells degrees: metres to the east and north of any one point, the
    # same for all stations. A station has these or degrees, never both.
    """ALTER TABLE station ADD COLUMN x_m REAL""",
    """ALTER TABLE station ADD COLUMN y_m REAL""",
)


@migrations()
def m006_places_without_a_map(db: Database) -> None:
    """Places of stations to each other, without degrees."""
    for statement in SIXTH:
        db.execute(statement)


@migrations()
def m007_classifiers(db: Database) -> None:
    """What classifiers say of species."""
    for statement in SEVENTH:
        db.execute(statement)


def version(connection: sqlite3.Connection) -> int:
    """The schema version written in the file; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def known() -> int:
    """The schema version that this program writes."""
    return len(migrations._migrations)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is not ours or comes from a newer program, rather than guess."""
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if version(connection) and application != APPLICATION_ID:
        raise ProjectError(f"“{path}” is a database of another program.", "Choose a SpotID project folder.")
    if version(connection) > known():
        raise NewerProjectError(
            "This project was last opened with a newer SpotID.", "Install the newest SpotID and open it again."
        )


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to this program's schema, each step in a transaction of its own."""
    migrations.apply(Database(connection))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {known()}")
