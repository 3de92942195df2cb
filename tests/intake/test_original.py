"""Folders and databases of the original SpotID, made as its own code writes them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.errors import BadRequestError
from spotid.intake import original
from spotid.intake.original import OldDecision

CROPS = [f"C:\\SpotID\\crops\\K{n}\\0_{n % 2}_BG-{n:02}A-2019-02-05_05-10-44.jpg" for n in range(6)]
LINKS = [(0, 1), (1, 2), (4, 3)]
Made = Callable[..., Path]


def graph(nodes: list[str], links: list[tuple[int, int]], style: str = "2") -> dict[str, Any]:
    """What the original's save_db writes; ``style`` is networkx's version."""
    key = "edges" if style == "3.6" else "links"
    ends = (lambda n: n) if style == "1" else (lambda n: nodes[n])
    inner = {"directed": False, "multigraph": False, "graph": {}, "nodes": [{"id": one} for one in nodes]}
    inner[key] = [{"source": ends(a), "target": ends(b)} for a, b in links]
    return {"graph": inner, "last_processed_index": 2}


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Writes a folder of embeddings with its database beside it."""

    def write(
        crops: list[str] = CROPS, vectors: np.ndarray | None = None, metric: str = "cosine", database: Any = None
    ) -> Path:
        folder = tmp_path / "embeddings3"
        folder.mkdir(exist_ok=True)
        rows = np.random.default_rng(7).normal(size=(len(crops), 8)).astype(np.float32) if vectors is None else vectors
        np.save(folder / "embeddings.npy", rows)
        if rows.ndim == 2 and rows.dtype != object:
            units = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
            cosine = 1 - units @ units.T
            euclidean = np.linalg.norm(rows[:, None] - rows[None], axis=2)
            np.save(folder / "distance_matrix.npy", cosine if metric == "cosine" else euclidean)
        (folder / "image_filenames.txt").write_text("".join(f"{one}\n" for one in crops), encoding="utf-8")
        edges = [one.replace("crops", "binary") for one in crops]
        (folder / "binary_image_filenames.txt").write_text("".join(f"{one}\n" for one in edges), encoding="utf-8")
        told = graph(CROPS, LINKS) if database is None else database
        (tmp_path / "leopard_matches.json").write_text(told if isinstance(told, str) else json.dumps(told))
        return folder

    return write


def test_a_folder_as_the_original_wrote_it(made) -> None:
    found = original.read(made())
    assert [one.path for one in found.pictures] == CROPS
    first = found.pictures[1]
    assert (first.row, first.number) == (1, 1)
    assert first.photograph == "C:/SpotID/crops/K1/BG-01A-2019-02-05_05-10-44.jpg"
    assert first.edges == CROPS[1].replace("crops", "binary")
    assert (found.dim, found.metric) == (8, "cosine")
    assert found.decisions == [OldDecision(0, 1), OldDecision(1, 2), OldDecision(3, 4)]
    assert found.database is not None
    assert found.database.name == "leopard_matches.json"
    assert found.remarks == [
        "Where in its photograph each crop lay was never written down: the crops themselves are the pictures now.",
        "The original had come to anchor 3 of 6.",
        "The original never kept “Not a match”: pairs refused there are asked again where they look alike.",
    ]


def test_vectors_come_as_unit_rows_in_pieces(made, monkeypatch) -> None:
    monkeypatch.setattr(original, "ROWS", 4)
    folder = made(metric="euclidean")
    found = original.read(folder)
    assert found.metric == "euclidean"
    pieces = list(found.vectors())
    assert [rows for rows, _ in pieces] == [[0, 1, 2, 3], [4, 5]]
    raw = np.load(folder / "embeddings.npy")
    assert np.allclose(np.concatenate([part for _, part in pieces]), raw / np.linalg.norm(raw, axis=1, keepdims=True))


@pytest.mark.parametrize("style", ["1", "2", "3.6"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_every_networkx_is_understood(made, style: str, wrapped: bool) -> None:
    told = graph(CROPS, LINKS, style)
    found = original.read(made(database=told if wrapped else told["graph"]))
    assert found.decisions == [OldDecision(0, 1), OldDecision(1, 2), OldDecision(3, 4)]


def test_a_refusal_that_was_kept_is_different(made) -> None:
    told = graph(CROPS, LINKS)
    told["graph"]["links"][0]["is_match"] = False
    found = original.read(made(database=told))
    assert found.decisions[0] == OldDecision(0, 1, same=False)
    assert not any("never kept" in one for one in found.remarks)


def test_a_database_from_before_the_folder_was_moved(made) -> None:
    old = [one.replace("C:\\SpotID\\crops", "/media/stick/out") for one in CROPS]
    assert original.read(made(database=graph(old, LINKS))).decisions[0] == OldDecision(0, 1)


def test_the_exported_table_in_place_of_the_database(made, tmp_path) -> None:
    folder = made()
    (tmp_path / "leopard_matches.json").unlink()
    with (tmp_path / "leopard_matches.csv").open("w", newline="", encoding="utf-8") as file:
        rows = [(CROPS[0], "leopard_1"), (CROPS[2], "leopard_1"), (CROPS[1], "leopard_2"), (CROPS[4], "leopard_1")]
        csv.writer(file).writerows([("Image Path", "Leopard ID"), *rows])
    found = original.read(folder)
    assert found.decisions == [OldDecision(0, 2), OldDecision(2, 4)]
    assert any("not which pairs" in one for one in found.remarks)


def stray() -> dict[str, Any]:
    told = graph([*CROPS, "D:\\gone\\0_0_x.jpg"], [*LINKS, (0, 6), (2, 2)])
    told["graph"]["links"].append({"source": "nobody", "target": CROPS[0]})
    return told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"crops": [*CROPS[:5], CROPS[0]]}, "stand twice"),
        ({"crops": [*CROPS[:5], "D:\\a\\plain.jpg"]}, "do not tell which photograph"),
        ({"vectors": np.ones((4, 8), np.float32)}, "4 vectors for 6 crops"),
        ({"vectors": np.vstack([np.ones((5, 8)), np.zeros((1, 8))]).astype(np.float32)}, "empty or no number"),
        ({"vectors": np.vstack([np.ones((5, 8)), np.full((1, 8), np.nan)]).astype(np.float32)}, "empty or no number"),
        ({"database": stray()}, "of a crop that has no vector"),
        ({"database": stray()}, "join a crop with itself"),
        ({"database": stray()}, "not in the database's own list"),
        ({"database": "{}"}, "No database of matches"),
    ],
)
def test_what_cannot_be_converted_is_told(made, arguments: dict[str, Any], words: str) -> None:
    found = original.read(made(**arguments))
    assert any(words in one for one in found.remarks), found.remarks
    assert all(np.isfinite(part).all() for _, part in found.vectors())


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        (np.ones(6, np.float32), "no table of numbers"),
        (np.ones((6, 8), np.int64), "no table of numbers"),
        (np.array([{"a": 1}] * 6, object), "can't be read"),  # a pickle, which could do anything, is never opened
    ],
)
def test_vectors_that_are_none_are_refused(made, vectors: np.ndarray, words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        original.read(made(vectors=vectors))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.json", '{"graph": {"nodes": [', "can't be read as JSON"),
        ("x.json", '{"nodes": 3}', "no database of the original"),
        ("x.csv", "a,b\n1,2\n", "no columns Image Path"),
    ],
)
def test_databases_that_are_none_are_refused(made, tmp_path, name: str, content: str, words: str) -> None:
    folder, other = made(), tmp_path / name
    other.write_text(content)
    with pytest.raises(BadRequestError, match=words):
        original.read(folder, other)


def test_other_folders_are_refused(tmp_path) -> None:
    with pytest.raises(BadRequestError, match="no folder of the original"):
        original.read(tmp_path)


def test_names_of_an_older_windows(made) -> None:
    folder = made()
    (folder / "image_filenames.txt").write_bytes(
        "".join(f"{one}\n" for one in CROPS).replace("K1", "Étang").encode("cp1252")
    )
    assert original.read(folder).pictures[1].path == CROPS[1].replace("K1", "Étang")


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12), st.sampled_from(["1", "2", "3.6"]))
def test_every_match_is_kept_once(tmp_path_factory, links: list[tuple[int, int]], style: str) -> None:
    folder = tmp_path_factory.mktemp("old")
    np.save(folder / "embeddings.npy", np.eye(6, dtype=np.float32))
    (folder / "image_filenames.txt").write_text("\n".join(CROPS) + "\n")
    (folder / "db.json").write_text(json.dumps(graph(CROPS, links, style)))
    found = original.read(folder)
    assert {(one.a, one.b) for one in found.decisions} == {(min(a, b), max(a, b)) for a, b in links if a != b}
    assert len(found.decisions) == len({(one.a, one.b) for one in found.decisions})
