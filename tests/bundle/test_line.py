"""From the first start to exported folders, with the plug pulled twice; and the same results as the source gives."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.bundle_same import compare
from spotid.project.folder import open_project
from spotid.review.desk import Desk
from tests.bundle import journey
from tests.bundle.frozen import Bundle, Frozen, environment, listing, projects, until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@dataclass
class Journey:
    """What was seen on the way."""

    project: Path
    variables: dict[str, str]
    made: dict[str, int] = field(default_factory=dict)  # the pictures that stood when the run was killed, and when made
    killed: list[str] = field(default_factory=list)  # the processes that died in mid-run
    first: list[journey.Answer] = field(default_factory=list)  # acknowledged before the second kill
    on_disk: list[journey.Answer] = field(default_factory=list)  # found after it
    following: frozenset[str] = frozenset()
    came_back: frozenset[str] = frozenset()
    second: list[journey.Answer] = field(default_factory=list)
    exported: Path = Path()
    program: dict[str, str] = field(default_factory=dict)  # every file of the bundle before the first start


@pytest.fixture(scope="module")
def seen(bundle: Bundle, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """Demonstration, kill in mid-run, again; review, kill after an answer, again; export."""
    variables = environment(tmp_path_factory.mktemp("home") / "Zoé")
    told = Journey(projects(variables) / "Demonstration", variables, program=listing(bundle.folder))
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.add_init_script("localStorage.setItem('spotid-tour', 'yes')")
    running: list[Frozen] = []

    def start(*arguments: str) -> Frozen:
        running.append(Frozen([str(bundle.window), *arguments, "--no-browser", "--port", "5700"], variables))
        return running[-1]

    def crops() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (told.project / "crops").rglob("*.jpg")}

    try:
        program = start("demo")
        until(lambda: len(crops()) >= 8 or program.process.poll() is not None, "the first crops")
        told.killed = [" ".join(one.cmdline()) for one in program.family()]
        program.kill()
        told.made = crops()
        program = start("demo").serving()
        journey.follow_run(page, program, told.project)
        told.first = journey.answer(page, "ynncn")
        told.following = journey.shown(page)
        program.kill()
        told.on_disk = journey.kept(told.project)
        program = start().serving()
        journey.open_project(page, program.door, told.project)
        told.came_back = journey.shown(page)
        told.second = journey.answer(page, "yn", len(told.first))
        told.exported = journey.export(page, told.project)
        page.close()
        assert program.close() == 0
        yield told
    finally:
        for one in running:
            one.gone()


def test_a_killed_run_goes_on_where_it_was(seen: Journey) -> None:
    assert any("--worker" in line for line in seen.killed), f"no worker was at work: {seen.killed}"
    now = {path.name: path.stat().st_mtime_ns for path in (seen.project / "crops").rglob("*.jpg")}
    kept = [name for name, when in seen.made.items() if now.get(name) == when]
    assert len(now) > len(seen.made) and len(kept) >= len(seen.made) - 2, "the second run began from the beginning"


def test_no_acknowledged_answer_is_lost(seen: Journey) -> None:
    assert len(seen.first) == 5 and seen.on_disk == seen.first
    assert seen.came_back == seen.following, "the review does not go on where it was"
    assert journey.kept(seen.project) == seen.first + seen.second


def test_the_export_holds_the_originals(seen: Journey, bundle: Bundle) -> None:
    with (seen.exported / "leopard_matches.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    together = [pair for kind, pair in seen.first + seen.second if kind == "same"]
    assert {line["Sighting"] for line in lines} == set().union(*together)
    for line in lines:
        assert Path(line["Original Path"]).is_relative_to(bundle.sample)
        assert (seen.exported / line["Image Path"]).read_bytes() == Path(line["Original Path"]).read_bytes()


def test_the_same_results_as_from_source(seen: Journey, bundle: Bundle, tmp_path: Path) -> None:
    assert listing(bundle.sample) == listing(ROOT / "sample_data"), "another sample survey was packed"
    project = tmp_path / "from source"
    plain = {**os.environ, "SPOTID_HOME": str(tmp_path / "notes")}

    def source(*arguments: object) -> None:
        line = [sys.executable, "-m", "spotid", *(str(one) for one in arguments)]
        done = subprocess.run(line, cwd=ROOT, env=plain, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    source("run", bundle.sample, "--project", project)
    opened = open_project(project)
    desk = Desk(opened, 5)
    for kind, pair in seen.first + seen.second:
        desk.answer(str(uuid.uuid4()), kind, *sorted(pair))
    opened.close()
    source("export", "--project", project)
    told = compare(seen.project, project)
    assert {one.name for one in told} >= {"boxes", "embeddings", "candidate", "exported files"}
    assert min(one.count for one in told) >= 3
    assert [str(one) for one in told if one.different] == []


def test_the_command_line_works_on_it(seen: Journey, bundle: Bundle, tmp_path: Path) -> None:
    def told(*arguments: object, code: int = 0) -> str:
        done = bundle.command([*arguments, "--project", seen.project], seen.variables)
        assert done.returncode == code, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    assert "0 things wrong" in told("doctor")
    assert "individuals" in told("export", "--out", tmp_path / "Export é")
    again = (tmp_path / "Export é" / "sightings.csv").read_bytes()
    assert again == (seen.exported / "sightings.csv").read_bytes()
    told("sightings", "--out", tmp_path / "sightings.csv")
    assert (tmp_path / "sightings.csv").read_bytes() == again
    told("rank", "--out", tmp_path / "rank.csv", "--depth", 3)
    assert len((tmp_path / "rank.csv").read_text(encoding="utf-8").splitlines()) > 100
    told("backup")
    assert list((seen.project / "backups").iterdir())


def test_the_programs_folder_is_as_it_was(seen: Journey, bundle: Bundle) -> None:
    """It lies where it could be written to, and yet nothing was."""
    assert set(seen.program.items()) ^ set(listing(bundle.folder).items()) == set()


def test_nothing_stays_behind(seen: Journey) -> None:
    left = [path.name for path in (Path(seen.variables["TMPDIR"])).iterdir()]
    assert left == [], "temporary files stay after the program was closed"
