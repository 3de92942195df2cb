"""The computed part of a project: vectors with their tables and seals, and the look-alikes made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spotid.errors import SpotIDError
from spotid.jobs.finding import Finding, Visit, many
from spotid.project import jobrows, notes, shard_files, shards
from spotid.project.candidates import Candidates
from spotid.project.damage import FAULTS, database_is_whole
from spotid.project.files import sha256_of
from spotid.project.folder import Project
from spotid.project.look import SIDES, side, size_of
from spotid.words import JobState, SightingState

SEAL = "candidates_seal"
SHARD_FILE = re.compile(r"(\d{6})\.(npy|csv|json)")


def steps(visit: Visit) -> int:
    """How many steps ``examine`` takes."""
    store = visit.project.store
    return sum(len(shards.numbers(store, encoder)) for encoder in shards.encoder_rows(store)) + 1


def examine(visit: Visit) -> Iterator[Finding]:
    """Findings about vectors and look-alikes."""
    yield from _manifest(visit)
    for encoder in shards.encoder_rows(visit.project.store):
        for number in shards.numbers(visit.project.store, encoder):
            visit.progress.step()
            yield from _shard(visit, encoder, number)
        yield from _strangers(visit, encoder)
    yield from _undescribed(visit)
    visit.progress.step()
    yield from _candidates(visit)


def _shard(visit: Visit, encoder: shards.EncoderRow, number: int) -> Iterator[Finding]:
    """Vectors that are whole are kept whatever has happened to the files beside them; others are described anew."""
    layout, store = visit.project.layout, visit.project.store
    shard = shard_files.read(shards.shard_folder(layout, encoder) / f"{number:06d}", encoder.dim)
    rows = store.all(
        "SELECT row, sighting_id, uid FROM embedding JOIN sighting ON sighting.id = sighting_id"
        " WHERE encoder_id = ? AND shard = ? ORDER BY row",
        *(encoder.id, number),
    )
    listed = {int(row["row"]): row["sighting"] for row in shard.rows if row["row"].isdigit()}
    fits = shard.vectors is not None and all(row["row"] < len(shard.vectors) for row in rows)
    agrees = bool(shard.rows) and all(listed.get(row["row"]) == row["uid"] for row in rows)
    if not shard.trouble and fits and agrees:
        return
    told = [f"{shard.file(kind).name} {said}" for kind, said in shard.trouble.items()]
    sealed = "json" not in shard.trouble
    # The seal vouches for the vectors, or the table does: one of the two must still be whole.
    mendable = fits and shard.trouble and (agrees or (sealed and "csv" in shard.trouble))
    if visit.repair and mendable:
        assert shard.vectors is not None
        owners = {row["row"]: row["sighting_id"] for row in rows}
        text = shard_files.table(store, [owners.get(place, 0) for place in range(len(shard.vectors))])
        shard_files.write(shard.stem, None, text, len(shard.vectors), encoder.card)
    elif visit.repair:
        shards.forget(store, encoder.id, number)
        for kind in ("npy", "csv", "json"):
            shard.file(kind).unlink(missing_ok=True)
        shards.write_manifest(layout, store)
    yield Finding(f"The shard {'; '.join(told) or f'{number:06d} holds other sightings'}.", visit.repair)


def _strangers(visit: Visit, encoder: shards.EncoderRow) -> Iterator[Finding]:
    """Shards that nothing refers to: of a run that was killed, or newer than a backup that was put back."""
    folder = shards.shard_folder(visit.project.layout, encoder)
    known = {f"{number:06d}" for number in shards.numbers(visit.project.store, encoder)}
    found = sorted(path for path in folder.glob("*") if (m := SHARD_FILE.fullmatch(path.name)) and m[1] not in known)
    if found:
        if visit.repair:
            for path in found:
                path.unlink(missing_ok=True)
        stems = {path.stem for path in found}
        yield Finding(
            f"{many(len(stems), 'shard', 'shards')} of {encoder.name} in which nothing is looked up.", visit.repair
        )


def _undescribed(visit: Visit) -> Iterator[Finding]:
    store = visit.project.store
    lost = "state = ? AND id NOT IN (SELECT sighting_id FROM embedding)"
    count = int(store.value(f"SELECT COUNT(*) FROM sighting WHERE {lost}", SightingState.EMBEDDED))
    if count:
        if visit.repair:
            with store.write() as connection:
                connection.execute(
                    f"UPDATE sighting SET state = ? WHERE {lost}", (SightingState.CROPPED, SightingState.EMBEDDED)
                )
        described = many(count, "sighting counts as described and has", "sightings count as described and have")
        yield Finding(f"{described} no embedding.", visit.repair)


def _manifest(visit: Visit) -> Iterator[Finding]:
    layout, store = visit.project.layout, visit.project.store
    expected = shards.manifest(layout, store)["encoders"]
    path = layout.embeddings / shards.MANIFEST
    if not expected and not path.exists():
        return
    try:
        good = shard_files.unsealed(path.read_bytes())["encoders"] == expected
    except (OSError, ValueError, KeyError):
        good = False
    if not good:
        if visit.repair:
            shards.write_manifest(layout, store)
        yield Finding("The manifest of the embeddings does not say what is there.", visit.repair)


def seal_candidates(project: Project, *, whole: bool) -> None:
    """Note what the look-alikes file is after a run that came to its end; nothing while one is at work."""
    path = project.layout.candidates
    still = whole and path.is_file() and not size_of(side(path, "-wal"))
    notes.put(project.store, SEAL, sha256_of(path) if still else "")


def _candidates(visit: Visit) -> Iterator[Finding]:
    layout, store = visit.project.layout, visit.project.store
    path, seal = layout.candidates, notes.get(store, SEAL)
    finished = jobrows.newest(store, "run")
    after_run = finished is not None and finished["state"] == JobState.DONE
    trouble = ""
    if not path.is_file():
        several = int(store.value("SELECT COUNT(*) FROM embedding")) > 1
        trouble = "is missing" if several and (seal or after_run) else ""
        if not trouble:
            return
    elif not database_is_whole(path):
        trouble = "is damaged"
    elif seal and not size_of(side(path, "-wal")) and sha256_of(path) != seal:
        trouble = "is not as the run has left it"
    if trouble:
        if visit.repair:
            for ending in ("", *SIDES):
                side(path, ending).unlink(missing_ok=True)
            notes.put(store, SEAL, "")
        yield Finding(f"The file of look-alikes {trouble}.", visit.repair)
        return
    try:
        candidates = Candidates(layout)
    except FAULTS as error:
        yield Finding(f"The file of look-alikes can't be read ({error}).")
        return
    try:
        known = {row["id"] for row in store.all("SELECT id FROM sighting")}
        strange = candidates.sightings() - known
        if strange:
            if visit.repair:
                candidates.keep_only(known)
            yield Finding(
                f"Look-alikes are kept of {many(len(strange), 'sighting', 'sightings')} that are not there.",
                visit.repair,
            )
    except (*FAULTS, SpotIDError) as error:
        yield Finding(f"The file of look-alikes can't be read ({error}).")
    finally:
        candidates.close()
