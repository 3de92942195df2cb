"""Long jobs as the project remembers them: one row each."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from spotid.project.store import Store, now
from spotid.words import JobState

ENDED = frozenset({JobState.DONE, JobState.CANCELLED, JobState.FAILED})


def start(store: Store, kind: str) -> int:
    """A new job's row. Jobs that were running belong to a program that is gone: they are marked as stopped."""
    with store.write() as connection:
        connection.execute(
            "UPDATE job SET state = ?, ended_at = ?, sentence = ?, advice = ?"
            " WHERE state IN ('queued', 'running', 'paused')",
            (
                *(JobState.FAILED, now(), "The program was stopped while this was running."),
                "Nothing is lost; resume and it goes on from here.",
            ),
        )
        cursor = connection.execute(
            "INSERT INTO job (kind, state, started_at) VALUES (?, ?, ?)", (kind, JobState.QUEUED, now())
        )
        return int(cursor.lastrowid or 0)


def report(
    store: Store, job: int, state: JobState, progress: dict[str, Any], sentence: str = "", advice: str = ""
) -> None:
    """Keep how far a job is; ``sentence`` says why it is paused."""
    with store.write() as connection:
        connection.execute(
            "UPDATE job SET state = ?, progress = ?, sentence = ?, advice = ? WHERE id = ?",
            (state, json.dumps(progress), sentence, advice, job),
        )


def end(store: Store, job: int, state: JobState, sentence: str, advice: str, result: dict[str, Any]) -> None:
    """Keep how a job ended."""
    with store.write() as connection:
        connection.execute(
            "UPDATE job SET state = ?, ended_at = ?, sentence = ?, advice = ?, result = ? WHERE id = ?",
            (state, now(), sentence, advice, json.dumps(result), job),
        )


def newest(store: Store, kind: str | None = None) -> sqlite3.Row | None:
    """The newest job, or the newest of one kind; None where there is none."""
    return store.one("SELECT * FROM job WHERE kind = COALESCE(?, kind) ORDER BY id DESC LIMIT 1", kind)
