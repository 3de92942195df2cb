"""Versions of what was learnt: kept whole, listed, used by a note."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spotid.project import heads_kept, notes, shards
from spotid.project.folder import Project
from spotid.project.scope import Scope

ROWS = [("0" * 16, "leopard_1", 0), ("1" * 16, "=leopard_1", 0)]


@pytest.fixture
def encoder(project: Project) -> shards.EncoderRow:
    return shards.encoder_row(project.store, "abc", "some-encoder", 8)


def test_versions_are_numbered_and_never_changed(project: Project, encoder: shards.EncoderRow) -> None:
    layout = project.layout
    assert heads_kept.listed(layout) == [] and heads_kept.get(layout, 1) is None
    one = heads_kept.keep(layout, encoder, b"first", ROWS, True, {"animals": 9, "figure": (1, 2)})
    assert heads_kept.keep(layout, encoder, b"first", ROWS, True, {"animals": 9, "figure": (1, 2)}) == one
    other = heads_kept.keep(layout, encoder, b"first", ROWS, False, {"animals": 10})
    assert (one.number, other.number) == (1, 2) and heads_kept.listed(layout) == [one, other]
    assert heads_kept.get(layout, 2) == other and heads_kept.numbers_of(layout, one) == b"first"
    assert (layout.heads / "000001.csv").read_text(encoding="utf-8").count("leopard_1") == 2
    (layout.heads / "000002.json").unlink()  # killed before the seal
    assert heads_kept.keep(layout, encoder, b"third", ROWS, True, {}).number == 3, "no number is given twice"


def test_a_number_that_a_restored_note_knows_of_is_not_given_again(
    project: Project, encoder: shards.EncoderRow
) -> None:
    """A backup holds the note, not the files: the note must not come to speak of another version."""
    heads_kept.use(project.store, heads_kept.place_of(encoder), 2)
    kept = heads_kept.keep(project.layout, encoder, b"anew", ROWS, True, {}, above=2)
    assert kept.number == 3 and heads_kept.get(project.layout, 2) is None


def test_what_was_changed_is_no_version(project: Project, encoder: shards.EncoderRow) -> None:
    layout = project.layout
    one = heads_kept.keep(layout, encoder, b"first", ROWS, True, {})
    path = layout.heads / "000001.npz"
    path.write_bytes(b"FIRST")
    assert heads_kept.numbers_of(layout, one) is None
    path.unlink()
    assert heads_kept.numbers_of(layout, one) is None
    seal = layout.heads / "000001.json"
    seal.write_bytes(seal.read_bytes().replace(b"true", b"null"))
    assert heads_kept.listed(layout) == []
    seal.write_text(json.dumps({"schema": 1}), encoding="utf-8")
    Path(layout.heads / "notes.json").write_text("{}", encoding="utf-8")
    assert heads_kept.listed(layout) == []


def test_each_encoder_and_each_profile_has_its_own(project: Project, encoder: shards.EncoderRow) -> None:
    store, scoped = project.store, encoder.only(Scope("tiger", frozenset({1})))
    assert heads_kept.place_of(encoder) == "abc" and heads_kept.place_of(scoped) == "abc tiger"
    for one in (encoder, scoped):
        kept = heads_kept.keep(project.layout, one, b"same", ROWS, True, {})
        assert kept.place == heads_kept.place_of(one)
        heads_kept.use(store, kept.place, kept.number)
    assert heads_kept.in_use(store) == {"abc": 1, "abc tiger": 2}
    heads_kept.use(store, "abc", None)
    assert heads_kept.in_use(store) == {"abc tiger": 2}
    for broken in ("", "[]", "{", '{"abc": "one"}'):
        notes.put(store, heads_kept.NOTE, broken)
        assert heads_kept.in_use(store) == {}
