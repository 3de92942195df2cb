"""Vectors on disk: whole, sealed, described, and never mixed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from spotid.jobs.doctor import examine
from spotid.project import shard_files, shards, sightings
from spotid.words import SightingState


def unit_rows(n: int, dim: int = 8, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def append(stock, places: slice, vectors: np.ndarray) -> shards.EncoderRow:
    encoder = shards.encoder_row(stock.project.store, "abcdef0123456789", "coat", 8)
    rows = sightings.in_state(stock.project.store, SightingState.EMBEDDED, 100)[places]
    shards.append(stock.project.layout, stock.project.store, encoder, rows, vectors)
    return encoder


def test_what_is_written_is_read_back_in_order(stock) -> None:
    vectors = unit_rows(6)
    append(stock, slice(3, 6), vectors[3:])
    encoder = append(stock, slice(0, 3), vectors[:3])
    ids, loaded = shards.load(stock.project.layout, stock.project.store, encoder)
    assert ids == stock.ids
    assert np.allclose(loaded, vectors, atol=1e-3)


def test_the_folder_explains_itself(stock) -> None:
    append(stock, slice(0, 6), unit_rows(6))
    manifest = json.loads((stock.project.layout.embeddings / "manifest.json").read_text())
    (encoder,) = manifest["encoders"]
    assert (encoder["rows"], encoder["shards"], encoder["dim"]) == (6, ["000001"], 8)
    table = (stock.project.layout.embeddings / encoder["folder"] / "000001.csv").read_text().splitlines()
    assert table[0].startswith("row,sighting,")
    assert [line.split(",")[1] for line in table[1:]] == stock.uids


def test_a_kill_between_file_and_row_is_mended_by_the_next_run(stock, monkeypatch) -> None:
    monkeypatch.setattr(type(stock.project.store), "write", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    encoder = shards.EncoderRow(1, "abcdef0123456789", "coat", 8)
    rows = sightings.in_state(stock.project.store, SightingState.EMBEDDED, 100)
    try:
        shards.append(stock.project.layout, stock.project.store, encoder, rows, unit_rows(6, seed=1))
    except KeyboardInterrupt:
        pass
    monkeypatch.undo()
    encoder = append(stock, slice(0, 6), unit_rows(6, seed=2))
    _, loaded = shards.load(stock.project.layout, stock.project.store, encoder)
    assert np.allclose(loaded, unit_rows(6, seed=2), atol=1e-3)
    assert shards.damaged(stock.project.layout, stock.project.store) == []


def test_a_changed_shard_is_noticed_and_queued_again(stock) -> None:
    encoder = append(stock, slice(0, 6), unit_rows(6))
    path = shards.shard_folder(stock.project.layout, encoder) / "000001.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert any("000001.npy" in finding.sentence for finding in examine(stock.project))
    assert all(finding.repaired for finding in list(examine(stock.project, repair=True)))
    assert (
        sightings.count(stock.project.store, SightingState.CROPPED)
        + sightings.count(stock.project.store, SightingState.DETECTED)
        == 6
    )
    assert shards.damaged(stock.project.layout, stock.project.store) == []


def test_a_sealed_document_notices_every_flipped_bit() -> None:
    content = shard_files.sealed({"schema": 2, "rows": 6, "encoder": {"name": "coat", "dim": 8}, "software": "SpotID"})
    assert shard_files.unsealed(content)["rows"] == 6
    for place in range(len(content)):
        for bit in range(8):
            flipped = bytearray(content)
            flipped[place] ^= 1 << bit
            with pytest.raises(ValueError):
                shard_files.unsealed(bytes(flipped))


def test_vectors_outlive_damage_to_the_files_beside_them(stock) -> None:
    encoder = append(stock, slice(0, 6), unit_rows(6))
    stem = shards.shard_folder(stock.project.layout, encoder) / "000001"
    before = stem.with_suffix(".npy").read_bytes()
    for kind in ("csv", "json"):
        for harm in (b"", None):
            path = stem.with_suffix(f".{kind}")
            path.unlink() if harm is None else path.write_bytes(harm)
            assert any(path.name in finding.sentence for finding in examine(stock.project, pictures=False))
            list(examine(stock.project, repair=True, pictures=False))
            assert stem.with_suffix(".npy").read_bytes() == before
            assert shards.damaged(stock.project.layout, stock.project.store) == []
    assert sightings.count(stock.project.store, SightingState.EMBEDDED) == 6


@pytest.mark.parametrize("before", ["older", None])
def test_what_was_described_on_another_crop_counts_no_more_but_the_original_program_s(stock, before) -> None:
    store, one = stock.project.store, stock.ids[0]
    ours, theirs = (shards.encoder_row(store, f"{name} 1", name, 8) for name in ("coat", sightings.ORIGINAL))
    with store.write() as connection:
        connection.execute("UPDATE sighting SET recipe = ? WHERE id = ?", (before, one))
        for encoder in (ours, theirs):
            connection.execute("INSERT INTO embedding VALUES (?, ?, 9, 0)", (encoder.id, one))
    sightings.keep_cropped(store, one, recipe="newer", cut_by="c", cut_score=1.0, quality=1.0)
    left = store.all("SELECT encoder_id FROM embedding WHERE sighting_id = ?", one)
    assert [row["encoder_id"] for row in left] == [theirs.id]
