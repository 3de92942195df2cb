"""The whole line with published parts: YOLO, SAM, an encoder of timm, LightGlue; and switching to and fro."""

from __future__ import annotations

import csv
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from spotid.jobs import parts
from spotid.jobs.stages import RUN, line_of
from spotid.progress import Silent
from spotid.project import shards
from spotid.project.folder import create_project, open_project
from spotid.settings import settings
from spotid.weights import shelf
from tests.test_no_network import HOOK, heard

for _needed in ("torch", "ultralytics", "timm", "kornia", "safetensors", "cv2", "faiss"):
    pytest.importorskip(_needed)
ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {"detector": "mdv6-yolov10-c", "cutout": "mobile-sam", "encoder": "tiny-vit", "matcher": "sift-lightglue"}
BUILT_IN = {"detector": "layered", "cutout": "network", "encoder": "coat-vlad", "matcher": "coat-spots"}
PICTURES = ("ST01/ST01A/IMG_0001.JPG", "ST02/ST02A/IMG_0002.JPG")


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Weight name → file; made once."""
    from tests.whole_line import public_parts

    folder = tmp_path_factory.mktemp("published")
    makers = {"mdv6-yolov10-c": public_parts.detector, "mobile-sam": public_parts.cutter}
    makers |= {"tiny-vit": public_parts.tiny, "sift-lightglue": public_parts.matcher}
    return {name: make(folder) for name, make in makers.items()}


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """A few pictures of the sample survey, made small."""
    folder = tmp_path / "cards"
    for name in PICTURES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(ROOT / "sample_data" / name) as picture:
            exif = picture.getexif()
            picture.resize((480, 360)).save(path, quality=95, exif=exif)
    return folder


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, checkpoints: dict[str, Path], cards: Path, tmp_path: Path) -> None:
    """The checkpoints on the shelf of this test, and no socket for anybody."""
    from tests.whole_line.public_parts import put_on_shelf

    def refused(*_: object) -> None:
        raise AssertionError("something reached out")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    put_on_shelf(monkeypatch, checkpoints, cards, tmp_path / "scratch")


@pytest.mark.slow
def test_published_parts_do_the_whole_line_and_are_switched_without_mixing(
    published: None, cards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spotid.intake import source

    project = create_project(tmp_path / "project")
    source.take(project, cards, "auto")

    def run(**names: str) -> list[tuple]:
        line = line_of(project, settings())
        parts.choose(project, line.profile, names)
        line.prepare()
        for stage in RUN:
            line.work(stage)(Silent())
        connection = sqlite3.connect(project.layout.candidates)
        found = connection.execute("SELECT anchor, candidate, round(likeness, 3) FROM candidate ORDER BY 1, 2")
        return found.fetchall()

    first = run(**PUBLIC)
    assert line_of(project, settings()).where().startswith("Networks run on the ")
    store = project.store
    boxes = store.all("SELECT uid, boxed_by, cut_by, state FROM sighting ORDER BY id")
    assert 2 <= len(boxes) <= 6 and {row["state"] for row in boxes} == {"embedded"}
    assert all(row["boxed_by"].startswith("mdv6-yolov10-c ") for row in boxes)
    assert all(row["cut_by"].startswith("mobile-sam ") for row in boxes) and first
    again = run(encoder="coat-vlad", matcher="coat-spots", cutout="network", detector="layered")
    assert again != first and line_of(project, settings()).where() == ""
    assert [row["uid"] for row in store.all("SELECT uid FROM sighting ORDER BY id")] == [row["uid"] for row in boxes]
    by = {one.name: shards.load(project.layout, store, one)[1] for one in shards.encoder_rows(store)}
    assert {name: len(rows) for name, rows in by.items()} == {"tiny-vit": len(boxes), "coat-vlad": len(boxes)}
    made = parts.made("encoder", "tiny-vit")
    monkeypatch.setattr(type(made), "encode", lambda *_: pytest.fail("described again"))
    matcher = type(parts.made("matcher", "sift-lightglue"))
    monkeypatch.setattr(matcher, "extract", lambda *_: pytest.fail("points were looked for again"))
    assert run(encoder="tiny-vit", matcher="sift-lightglue") == first
    shutil.rmtree(shelf.folder() / "tiny-vit")  # the project on another computer
    with pytest.raises(parts.MissingModelError, match="works with the encoder “tiny-vit”"):
        run()
    project.close()


# --- as people start it -----------------------------------------------------------------------------------------------


def spotid(*words: object) -> str:
    """The program in a process of its own; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "spotid", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python that is started from here on tells of its attempts to reach the network, and fails in them."""
    folder = tmp_path / "hook"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("SPOTID_TEST_HEARD", str(tmp_path / "heard.txt"))


def nobody_was_reached_for(tmp_path: Path) -> bool:
    """Nor was the worker, which has the libraries, left unheard."""
    begun = (tmp_path / "heard.txt.begun").read_text(encoding="utf-8").splitlines()
    return heard(tmp_path) == [] and any("worker" in line for line in begun)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_from_the_command_line(published: None, ear: None, cards: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    chosen = [word for role, name in PUBLIC.items() for word in (f"--{role}", name)]
    assert "to review" in spotid("run", cards, "--project", project, *chosen)
    spotid("rank", "--project", project, "--out", tmp_path / "public.csv")
    said = spotid("parts", "--project", project, "--encoder", "coat-vlad", "--matcher", "coat-spots")
    assert "never mixed" in said and "coat-vlad" in said
    spotid("run", cards, "--project", project)
    spotid("rank", "--project", project, "--out", tmp_path / "built_in.csv")
    said = spotid("parts", "--project", project, "--encoder", "tiny-vit", "--matcher", "sift-lightglue")
    assert "nothing is computed again" in said
    spotid("run", cards, "--project", project)
    spotid("rank", "--project", project, "--out", tmp_path / "again.csv")
    ranks = {name: list(csv.reader((tmp_path / f"{name}.csv").open())) for name in ("public", "built_in", "again")}
    assert ranks["again"] == ranks["public"] != ranks["built_in"]
    opened = open_project(project)
    manifest = json.loads((opened.layout.embeddings / "manifest.json").read_text("utf-8"))
    assert [one["name"] for one in manifest["encoders"]] == ["tiny-vit", "coat-vlad"]
    opened.close()
    assert nobody_was_reached_for(tmp_path)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(900)
def test_from_the_page(
    program: Callable, browser, monkeypatch, checkpoints: dict[str, Path], ear: None, cards: Path, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    from tests.whole_line.public_parts import put_on_shelf

    put_on_shelf(monkeypatch, checkpoints, cards, tmp_path / "scratch")
    running = program()
    page = browser.new_page()
    page.goto(running.door)
    page.get_by_label("Path for embeddings output").fill(str(tmp_path / "project"))
    page.get_by_label("Path to uncropped images").fill(str(cards))
    page.get_by_role("button", name="Run Model").click()
    page.get_by_label("pictures and clips of individuals that nobody has told apart yet").check()
    page.get_by_label("The animals of this project").select_option("tiger")
    page.get_by_role("button", name="Import", exact=False).click()
    page.wait_for_url("**/run")
    expect(page.locator("#run")).to_have_attribute("data-state", "done", timeout=400_000)
    expect(page.locator("#parts-names")).to_contain_text("Tiger: mdv6-yolov10-c · mobile-sam · coat-vlad · coat-spots")
    page.keyboard.press("p")
    page.get_by_role("combobox", name="Describing the coats").select_option("tiny-vit")
    expect(page.locator("#parts-said")).to_contain_text("never mixed in", timeout=30_000)
    page.get_by_role("combobox", name="Comparing look-alikes").select_option("sift-lightglue")
    expect(page.locator("#parts-said")).to_contain_text("compares look-alikes with sift-lightglue", timeout=30_000)
    page.get_by_role("button", name="Look for new photographs").click()
    expect(page.locator("#run")).to_have_attribute("data-state", "running", timeout=30_000)
    expect(page.locator("#run")).to_have_attribute("data-state", "done", timeout=400_000)
    page.close()
    running.close()
    opened = open_project(tmp_path / "project")
    assert {one.name for one in shards.encoder_rows(opened.store)} == {"coat-vlad", "tiny-vit"}
    opened.close()
    assert nobody_was_reached_for(tmp_path)
