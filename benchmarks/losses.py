"""What a project holds, and what it has lost: the checks of the kill harness."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spotid.jobs.doctor import examine
from spotid.project import shards
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, open_project

# Lock notes of dead processes, halves of files that nobody reads, and the room on this computer's disk.
TRACES = ("names a program that is gone", "left behind", "MB are free")
# Files that were written before their rows, and what a run writes at the end of a stage: the next run makes them anew.
UNFINISHED = ("manifest of the embeddings", "to no sighting", "in which nothing is looked up", "no visit")


@dataclass
class Made:
    """All that a run has made, by names that two projects with the same photographs share."""

    files: dict[str, tuple[str, str]]  # path → state and problem
    crops: dict[str, str]  # file below "crops" and "cutouts" → SHA-256
    vectors: dict[str, np.ndarray]  # sighting uid → its row
    ranks: dict[str, list[tuple[str, float]]]  # sighting uid → look-alikes, best first


def made(project: Project) -> Made:
    """Read a finished project."""
    files = {
        row["relpath"]: (row["state"], row["problem"] or "")
        for row in project.store.all("SELECT relpath, state, problem FROM media")
    }
    crops = {
        str(path.relative_to(project.path)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("crops", "cutouts")
        for path in sorted((project.path / part).rglob("*.*"))
        if not path.name.endswith(".part")  # what a kill has left half written; nobody reads it
    }
    names = {row["id"]: row["uid"] for row in project.store.all("SELECT id, uid FROM sighting")}
    vectors: dict[str, np.ndarray] = {}
    for row in project.store.all("SELECT * FROM encoder"):
        ids, table = shards.load(
            project.layout, project.store, shards.EncoderRow(row["id"], row["identity"], row["name"], row["dim"])
        )
        vectors |= {names[one]: vector for one, vector in zip(ids, table, strict=True)}
    candidates = Candidates(project.layout)
    try:
        ranks = {uid: [(names[c.candidate], c.score) for c in candidates.of(one, 1000)] for one, uid in names.items()}
    finally:
        candidates.close()
    return Made(files, crops, vectors, ranks)


def differences(reference: Made, found: Made) -> list[str]:
    """In what a project differs from the undisturbed one."""
    wrong = []
    for what, one, other in (
        ("files", reference.files, found.files),
        ("crops", reference.crops, found.crops),
        ("look-alikes", reference.ranks, found.ranks),
    ):
        names = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]  # type: ignore[attr-defined]
        if names:
            first = sorted(names)[0]
            told = f"{one.get(first)!s:.200} became {other.get(first)!s:.200}"  # type: ignore[attr-defined]
            wrong.append(f"{len(names)} {what} differ; {first}: {told}")
    if reference.vectors.keys() != found.vectors.keys():
        wrong.append(f"embeddings of {len(reference.vectors.keys() ^ found.vectors.keys())} sightings differ")
    unlike = [
        uid
        for uid in reference.vectors.keys() & found.vectors.keys()
        if not np.array_equal(reference.vectors[uid], found.vectors[uid])
    ]
    if unlike:
        worst = max(float(np.abs(reference.vectors[u] - found.vectors[u]).max()) for u in unlike)
        wrong.append(f"{len(unlike)} embeddings differ by up to {worst:.4f}")
    return wrong


def ledger_losses(database: Path, acknowledged: set[str], sent: set[str]) -> list[str]:
    """What is wrong with the answers: every acknowledged one is there once, nothing is there that was not sent."""
    connection = sqlite3.connect(database)
    try:
        kept = Counter(row[0] for row in connection.execute("SELECT uid FROM decision"))
    finally:
        connection.close()
    wrong = [f"the acknowledged answer {uid} is lost" for uid in sorted(acknowledged - kept.keys())]
    wrong += [f"the answer {uid} stands {count} times" for uid, count in kept.items() if count > 1]
    wrong += [f"the answer {uid} was never given" for uid in sorted(kept.keys() - sent)]
    return wrong


def losses(folder: Path, acknowledged: set[str], sent: set[str], *, complete: bool) -> list[str]:
    """Everything wrong with a project that nobody has open, right after a kill or after a ``complete`` run."""
    traces = TRACES if complete else TRACES + UNFINISHED
    project = open_project(folder, shared=True)
    try:
        wrong = ledger_losses(project.layout.database, acknowledged, sent)
        found = [finding.sentence for finding in examine(project)]
        return wrong + [sentence for sentence in found if not any(trace in sentence for trace in traces)]
    finally:
        project.close()


def accused(folder: Path) -> dict[str, int]:
    """Files that workers died with in hand, and how often: kills look like the files' fault."""
    connection = sqlite3.connect(folder / "project.sqlite")
    try:
        return dict(connection.execute("SELECT media_uid, MAX(times) FROM crash GROUP BY media_uid"))
    finally:
        connection.close()


def wrong_copies(folder: Path, exported: Path) -> list[str]:
    """Copies of an export that are missing, or not what the original is."""
    from spotid.project import results

    project = open_project(folder, shared=True)
    try:
        before = results.written_before(project.store, str(exported))
        wrong = []
        for row in results.identified(project.store):
            copy = before.get((row["uid"], row["code"]))
            original = Path(row["root"]) / row["relpath"]
            if copy is None or not (exported / copy).is_file():
                wrong.append(f"the copy of {row['relpath']} for {row['code']} is missing")
            elif (exported / copy).read_bytes() != original.read_bytes():
                wrong.append(f"{copy} is not what {row['relpath']} is")
        return wrong
    finally:
        project.close()
