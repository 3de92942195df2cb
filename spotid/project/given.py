"""Who gave which answer, how long it took, and on which way through the work; what identities do not depend on."""

from __future__ import annotations

from typing import NamedTuple

from spotid.project.store import Store
from spotid.words import PAIR_VERDICTS, Verdict

LONGEST = 600.0  # seconds: whoever took longer went away meanwhile


class Given(NamedTuple):
    """One row of the ledger. ``reviewer`` and ``way`` are empty where nobody said; ``a`` < ``b``."""

    row: int
    uid: str
    kind: str
    a: str | None
    b: str | None
    target: str | None
    reviewer: str
    way: str


def given(store: Store, after: int = 0) -> list[Given]:
    """All answers with row numbers above ``after``, oldest first."""
    rows = store.all(
        "SELECT decision.id, uid, kind, a, b, target, COALESCE(initials, '') AS reviewer,"
        " CASE WHEN evidence LIKE '%\"way\"%' THEN json_extract(evidence, '$.way') END AS way"
        " FROM decision LEFT JOIN reviewer ON reviewer.id = reviewer_id WHERE decision.id > ? ORDER BY decision.id",
        after,
    )
    return [
        Given(
            *(row["id"], row["uid"], row["kind"], row["a"], row["b"]),
            *(row["target"], row["reviewer"], row["way"] or ""),
        )
        for row in rows
    ]


def reviewer_of(store: Store, uid: str) -> str:
    """The initials of whoever gave an answer; empty where nobody said."""
    value = store.value(
        "SELECT initials FROM decision JOIN reviewer ON reviewer.id = reviewer_id WHERE decision.uid = ?", uid
    )
    return str(value or "")


def seconds(store: Store, most: int) -> list[float]:
    """How long the newest ``most`` answers on pairs took, oldest first."""
    kinds = ", ".join(f"'{kind}'" for kind in sorted(PAIR_VERDICTS))
    rows = store.all(
        f"SELECT seconds FROM decision WHERE kind IN ({kinds}) AND seconds > 0 AND seconds <= ?"
        " ORDER BY id DESC LIMIT ?",
        *(LONGEST, most),
    )
    return [float(row["seconds"]) for row in reversed(rows)]


def how_many(store: Store, kind: Verdict) -> int:
    """How many answers of a kind there are, whether they stand or not."""
    return int(store.value("SELECT COUNT(*) FROM decision WHERE kind = ?", kind))
