"""The spots that agree, for the screen: from what the run has left on the disk, without any image library."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from spotid.match.parts import Points
from spotid.match.spots import CoatSpots
from spotid.project import sightings
from spotid.project.files import write_whole

SCRIPT = """
import sys
from pathlib import Path
from spotid.web import bench_of, create_app
app = create_app()
project = bench_of(app).open(Path(sys.argv[1]))
reply = app.test_client().get(f"/api/project/{project.id}/spots?a={sys.argv[2]}&b={sys.argv[3]}")
print(len(reply.json["pairs"]), sorted({"cv2", "faiss", "torch"} & set(sys.modules)))
bench_of(app).close()
"""


def coat(seed: int, shift: float = 0.0, count: int = 30) -> Points:
    """Spots of a made-up coat; the same ``seed`` gives the same coat, moved by ``shift`` of the crop's width."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0.1, 0.8, (count, 2)).astype(np.float32)
    descriptor = rng.integers(0, 120, (count, 128)).astype(np.uint8)
    flat = np.full(count, 0.02, np.float32)
    return Points(xy + np.float32([shift, 0.0]), flat, flat * 0, descriptor, np.zeros(count, np.uint8))


def keep(project, uid: str, points: Points) -> None:
    """Leave the spots of a sighting where the stage *points* leaves them."""
    import io

    row = sightings.facts(project.store, uid)
    buffer = io.BytesIO()
    np.savez(buffer, **{name: getattr(points, name) for name in ("xy", "size", "angle", "descriptor", "kind")})
    write_whole(project.layout.points(uid, f"{row['recipe']}-{CoatSpots().identity()}"), buffer.getvalue())


@pytest.fixture
def three(stock) -> list[str]:
    """Sightings: the first two show one coat, the third another one."""
    for uid, points in zip(stock.uids, (coat(1), coat(1, shift=0.05), coat(2)), strict=False):
        keep(stock.project, uid, points)
    return stock.uids


def ask(client, app, a: str, b: str):
    return client.get(f"/api/project/{app.stocked.id}/spots?a={a}&b={b}")


def test_pairs_are_the_same_place_on_either_coat(three, client, app) -> None:
    reply = ask(client, app, three[0], three[1]).json
    assert 8 <= len(reply["pairs"]) <= 20 and reply["sentence"] == ""
    assert len(reply["pairs"]) <= reply["count"] <= 30
    places = coat(1).xy
    for pair in reply["pairs"]:
        assert np.abs(places - pair["a"]).max(axis=1).min() < 1e-4
        assert pair["b"] == pytest.approx([pair["a"][0] + 0.05, pair["a"][1]], abs=2e-4)
    assert reply["crops"] == [[0.0, 0.0, 1.0, 1.0]] * 2


def test_turned_round_it_is_the_same_pairs(three, client, app) -> None:
    there, back = (ask(client, app, *pair).json["pairs"] for pair in ((three[0], three[1]), (three[1], three[0])))
    assert [(pair["a"], pair["b"]) for pair in there] == [(pair["b"], pair["a"]) for pair in back]


def test_pairs_are_not_drawn_over_each_other(three, client, app) -> None:
    points = [pair["a"] for pair in ask(client, app, three[0], three[1]).json["pairs"]]
    gaps = [abs(p[0] - q[0]) + abs(p[1] - q[1]) for n, p in enumerate(points) for q in points[:n]]
    assert min(gaps) > 0.03


def test_two_coats_share_no_spots(three, client, app) -> None:
    assert ask(client, app, three[0], three[2]).json["pairs"] == []


def test_spots_that_are_gone_are_said_to_be_and_not_made(three, client, app) -> None:
    before = sorted(app.stocked.path.rglob("*"))
    reply = ask(client, app, three[0], three[4])
    assert reply.status_code == 200 and reply.json["pairs"] == []
    assert "no longer on the disk" in reply.json["sentence"]
    assert sorted(app.stocked.path.rglob("*")) == before


@pytest.mark.parametrize("b", ["0123456789abcdef", "../../secret", ""])
def test_what_is_no_sighting_is_not_found(three, client, app, b: str) -> None:
    assert ask(client, app, three[0], b).status_code == 404


def test_no_image_library_is_loaded(three, stock) -> None:
    told = [str(stock.project.path), three[0], three[1]]
    stock.project.close()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *told], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    count, _, loaded = done.stdout.strip().partition(" ")
    assert int(count) >= 8 and loaded == "[]"
