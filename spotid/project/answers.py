"""The ledger as people read it: each answer with who gave it, how long it took and what it was given on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spotid.project.store import Store

_COLUMNS = (
    "SELECT decision.id, decision.uid, kind, a, b, target, initials, made_at, seconds, evidence FROM decision"
    " LEFT JOIN reviewer ON reviewer.id = reviewer_id"
)
AT_ONCE = 500  # SQLite's limit on variables is higher on some systems and not on others


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. ``seconds`` is how long the person looked; ``evidence`` is what was on the screen."""

    row: int
    uid: str
    kind: str
    a: str | None = None
    b: str | None = None
    target: str | None = None
    reviewer: str = ""
    at: str = ""
    seconds: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def number(self, name: str) -> float | None:
        """A number of the evidence, such as the chance that was shown; None where there was none."""
        value = self.evidence.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _said(row: sqlite3.Row) -> Said:
    try:
        evidence = json.loads(row["evidence"])
    except ValueError:  # the doctor tells of it; the answer itself can be read
        evidence = {}
    return Said(
        *(row["id"], row["uid"], row["kind"], row["a"], row["b"], row["target"], row["initials"] or ""),
        *(row["made_at"], row["seconds"], evidence if isinstance(evidence, dict) else {}),
    )


def by_uid(store: Store, uids: Sequence[str]) -> dict[str, Said]:
    """These answers, those taken back included; unknown ones are left out."""
    found: dict[str, Said] = {}
    for start in range(0, len(uids), AT_ONCE):
        part = uids[start : start + AT_ONCE]
        rows = store.all(f"{_COLUMNS} WHERE decision.uid IN ({','.join('?' * len(part))})", *part)
        found.update({row["uid"]: _said(row) for row in rows})
    return found


def everything(store: Store) -> Iterator[Said]:
    """Every answer ever given, oldest first."""
    for row in store.reader.execute(f"{_COLUMNS} ORDER BY decision.id"):
        yield _said(row)


def usual_seconds(store: Store) -> dict[str, list[float]]:
    """Reviewer → how long each of their answers took, where that is known, in order of length."""
    known: dict[str, list[float]] = {}
    for row in store.all(
        "SELECT initials, seconds FROM decision LEFT JOIN reviewer ON reviewer.id = reviewer_id"
        " WHERE seconds IS NOT NULL AND kind != 'undo' ORDER BY seconds"
    ):
        known.setdefault(row["initials"] or "", []).append(float(row["seconds"]))
    return known


def upheld(store: Store) -> set[str]:
    """Answers that somebody looked at a second time and let stand, and the answers that say so, while those stand."""
    rows = store.all(
        "SELECT uid, json_extract(evidence, '$.upholds') AS target FROM decision WHERE evidence LIKE '%\"upholds\"%'"
        " AND NOT EXISTS (SELECT 1 FROM decision AS taken WHERE taken.target = decision.uid AND taken.kind = 'undo')"
    )
    return {str(one) for row in rows for one in (row["uid"], row["target"])}
