"""Teaching from the command line and in workers: boxes in, the rest searched again, proposals from a process apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spotid.boxes import Box
from spotid.cli import main
from spotid.jobs import teaching
from spotid.jobs.runner import Jobs
from spotid.project import frames, media, parts_kept
from spotid.project.folder import Project, create_project, open_project
from spotid.words import JobState

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.mark.slow
def test_boxes_by_command(stock, tmp_path) -> None:
    stock.project.close()
    folder, table, out = stock.project.path, tmp_path / "in.csv", tmp_path / "out.csv"
    table.write_text("path,x,y,w,h\nNorth/100MEDIA/IMG_0000.JPG,0.1,0.2,0.3,0.4\nnowhere.jpg,,,,\n", encoding="utf-8")
    done = run("boxes", folder, "--import", table, "--export", out)
    assert done.exit_code == 1, done.output
    assert "Line 3: “nowhere.jpg” is no picture of this project." in done.output
    assert "1 boxes in 1 pictures kept; 1 lines could not be used." in done.output
    assert "1 box drawn; from 5 on the search learns from them." in done.output
    assert (
        out.read_text(encoding="utf-8").splitlines()[1] == "North/100MEDIA/IMG_0000.JPG,0.10000,0.20000,0.30000,0.40000"
    )
    again = run("boxes", folder, "--import", out)
    assert again.exit_code == 0 and "0 boxes in 0 pictures kept, 1 were known; 0 lines" in again.output


def test_searching_again_by_command_needs_boxes(stock) -> None:
    stock.project.close()
    done = run("boxes", stock.project.path, "--search-again")
    assert done.exit_code == 2 and "from 5 on" in done.output


def test_a_detector_that_learns_nothing_says_so(stock) -> None:
    assert not teaching.status(stock.project)["ready"]
    parts_kept.keep(stock.project.store, "leopard", {"detector": "animal-network"})
    told = teaching.status(stock.project)
    assert told["ready"] and told["learnt"] == 0 and "does not learn from boxes" in told["sentence"]


def test_a_table_that_is_none_is_told_in_words(stock, tmp_path) -> None:
    stock.project.close()
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    done = run("boxes", stock.project.path, "--import", tmp_path / "x.csv")
    assert done.exit_code == 2 and "has no column path, x, y, w, h" in done.output


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One station of the sample survey after a run."""
    folder = tmp_path_factory.mktemp("searched")
    shutil.copytree(SAMPLE / "ST04", folder / "card" / "ST04")
    project = create_project(folder / "project")
    media.root_id(project.store, folder / "card")
    job = Jobs().start(project, "run")
    job.wait(240)
    assert job.state is JobState.DONE, job.sentence
    project.close()
    return folder / "project"


@pytest.fixture
def survey(searched: Path, tmp_path: Path) -> Project:
    """A copy of that project, whose photographs stay where they were; ``stock`` has a project of its own."""
    opened = open_project(shutil.copytree(searched, tmp_path / "survey"))
    yield opened
    opened.close()


def test_proposals_come_from_a_worker(survey: Project) -> None:
    drawn = survey.store.one(
        "SELECT media.uid, x, y, w, h FROM media JOIN sighting ON media_id = media.id WHERE (station_id, visit) IN"
        " (SELECT station_id, visit FROM media GROUP BY station_id, visit HAVING COUNT(*) > 2) ORDER BY score DESC"
    )
    box = Box(*(drawn[side] for side in "xywh"))
    found = teaching.looked_for(survey, drawn["uid"], [box])
    assert found and drawn["uid"] not in {one["media_uid"] for one in found}
    for one in found:
        assert 0 <= one["confidence"] <= 1
        assert 0 <= one["x"] < one["x"] + one["w"] <= 1.000001 and 0 <= one["y"] < one["y"] + one["h"] <= 1.000001
    assert teaching.looked_for(survey, "0" * 16, [box]) == [], "an unknown frame gives none"


def test_the_rest_is_searched_again_and_what_people_said_stays(survey: Project) -> None:
    rows = survey.store.all(
        "SELECT media.uid, x, y, w, h FROM media JOIN sighting ON media_id = media.id GROUP BY media.id ORDER BY 1"
    )
    for number, row in enumerate(rows[:5]):
        box = Box(*(row[side] for side in "xywh"))
        frames.apply(survey, row["uid"], [box], "", f"drawn-here-{number}")
    assert teaching.status(survey)["ready"]
    before = {row["uid"]: [one["uid"] for one in frames.live(survey.store, row["uid"])] for row in rows[:5]}
    jobs = Jobs()
    job = jobs.start(survey, "run", again=True)
    job.cancel()  # stopped before its end: the next run goes on with it
    assert job.wait(120)
    if job.state is JobState.CANCELLED:
        assert media.count(survey.store, "read") == media.count(survey.store) - 5, "what waits is kept"
    job = jobs.start(survey, "run")
    assert job.wait(240) and job.state is JobState.DONE, job.sentence
    assert media.count(survey.store, "read") == 0
    assert before == {uid: [one["uid"] for one in frames.live(survey.store, uid)] for uid in before}
    assert all(frames.live(survey.store, uid)[0]["boxed_by"] == frames.PERSON for uid in before)
    status = teaching.status(survey)
    assert status["learnt"] in (0, status["frames"]), "what was learnt counts only where it was better"
