"""The report opens by itself, says everything that was measured, and runs nothing that a name brings along."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from spotid.evaluate import charts, figures, matrices, plots, report
from spotid.evaluate.courses import FOUND, SPENT, Course
from spotid.evaluate.curves import curve_of
from spotid.evaluate.results import Contest, Facts, Odd, Options, Picture, Ranked, Results, Second, ratio

HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}=1+1"


def course(queries: int, total: int = 90, errors: int = 0, name: str = "greedy", reach: float = 1.0) -> Course:
    found = np.minimum(total, (np.arange(1, queries + 1) * total * reach / queries).astype(np.int64))
    wrong = np.zeros(queries, bool)
    wrong[:errors] = True
    return Course(
        name,
        total,
        np.zeros((queries, 2), np.int64),
        np.ones(queries, bool),
        wrong,
        found,
        np.cumsum(wrong),
        np.arange(queries) * 3,
        FOUND if reach == 1 else SPENT,
        1.5,
    )


def ranked(key: str, seed: int, help: float) -> Ranked:
    rng = np.random.default_rng(seed)
    who = np.arange(40) // 4
    same = who[:, None] == who[None]
    value = rng.random((40, 40)) + help * same
    curve = curve_of(value, same, np.ones((40, 40), bool), who)
    return Ranked(key, key.title() + " & co", "A sentence.", curve, curve)


@pytest.fixture(scope="module")
def results() -> Results:
    facts = Facts(HOSTILE, 40, 10, 10, 38, 780, 90, 5, 40, 39, 0, float("nan"), 12.5, 0)
    made = Results(facts, Options(), ["A note with <b>."])
    made.ranked = [ranked("image", 1, 0.2), ranked("feasible", 2, 0.1), ranked("calibrated", 3, 0.5)]
    made.oddities = [Odd("A<i>", "clock", "The clock of “A<i>” is wrong.", "It is fast.", 9, 8)]
    made.pictures = [Picture("image", "Pictures alone", "x", matrices.picture(np.random.default_rng(0).random((9, 9))))]
    made.contests = [
        Contest("greedy", "Most similar first, pictures alone", "image", 0.0, course(4000)),
        Contest("greedy", "Most similar first, pictures alone", "image", 0.05, course(4000, errors=200), None),
        Contest("spal", "Borders of clusters", "calibrated", 0.0, course(300, reach=0.5)),
        Contest("confspal", "ConfSPAL", "calibrated", 0.0, course(800)),
        Contest("gain", "Most useful question", "calibrated", 0.0, course(400)),
        Contest("gain", "Most useful question", "calibrated", 0.05, course(400, errors=20), Second(30, 20, 14, 1, 2)),
    ]
    return made


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "path", "circle", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "circle"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert not reader.open
    return reader


def test_page_loads_and_runs_nothing(results: Results) -> None:
    reader = read(report.page(results))
    assert {tag for tag, _ in reader.tags}.isdisjoint({"script", "link", "iframe", "object", "a", "base", "form"})
    for _, attributes in reader.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("src") or "data:").startswith("data:image/png;base64,") or "src" not in attributes
        assert "href" not in attributes
    style = next(page for page in re.findall(r"<style>(.*?)</style>", report.page(results), re.S))
    assert "url(" not in style and "@import" not in style
    assert HOSTILE in reader.words


def test_page_says_what_was_measured(results: Results) -> None:
    words = re.sub(r"\s+", " ", read(report.page(results)).words)
    assert "4,000 → 400" in words and "10 % of the questions" in words
    assert "50 %" in words  # 400 questions against the 800 of ConfSPAL
    assert "not reached" in words and "the strategy had no more questions after 300" in words
    assert "14 of 20" in words
    assert "A note with <b>." in words and "The clock of “A<i>” is wrong. It is fast." in words
    assert "not known" in words and "12.5 km" in words
    assert "nan" not in words.lower().replace("finance", "")


def test_page_of_a_stopped_run_says_so(results: Results) -> None:
    early = Results(results.facts, Options(), stopped="The run was stopped.")
    assert "The run was stopped." in read(report.page(early)).words
    partly = replace(results, contests=results.contests[:1], stopped="Stopped.")
    assert "Stopped." in read(report.page(partly)).words


def test_files(results: Results, tmp_path: Path) -> None:
    page = report.write(results, tmp_path / "new" / "report")
    folder = page.parent
    assert {one.name for one in folder.iterdir()} == {page.name, *report.FILES, "similarity_image.png"}
    rows = list(csv.reader((folder / "results.csv").open(newline="", encoding="utf-8-sig")))
    assert all(len(row) == 5 for row in rows)
    assert ["data", "", "days", "", ""] in rows
    assert ["questions", "gain-calibrated-perfect", "of_confspal", "1", "0.5"] in rows
    values = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    assert values["facts"]["name"] == HOSTILE and values["facts"]["days"] is None
    assert values["contests"][4]["of_baseline"]["1"] == 0.1
    assert len(values["ranked"][0]["apart"]["top"]) == 20
    lines = list(csv.DictReader((folder / "courses.csv").open(newline="", encoding="utf-8-sig")))
    last = [line for line in lines if line["course"] == "greedy-image-0.05"][-1]
    assert (last["question"], last["wrong answers"], last["share found"]) == ("4000", "200", "1.0")
    report.write(results, folder)  # again, over the first


def test_formulas_in_names_stay_text(results: Results) -> None:
    bad = replace(results, facts=replace(results.facts, name="=cmd|x"))
    assert ["data", "", "name", "", "'=cmd|x"] in list(figures.result_rows(bad))


def test_courses_keep_every_change() -> None:
    one = course(5000, total=37)
    kept = figures.told(one)
    assert kept[0] == 0 and kept[-1] == 4999
    assert np.array_equal(np.unique(one.found), np.unique(one.found[kept]))
    assert len(kept) < 200
    assert figures.told(course(0)) == []


def test_ratios(results: Results) -> None:
    ours = results.contest("gain")
    assert ours is not None and results.baseline is not None
    assert ratio(ours, results.baseline, 1.0) == 0.1
    assert ratio(results.contests[2], results.baseline, 1.0) is None
    assert ratio(ours, None, 1.0) is None
    assert results.contest("gain", 0.05) is results.contests[5]


def test_charts_are_sound_drawings(results: Results) -> None:
    drawn = plots.charts(results)
    assert set(drawn) == {"top", "match", "courses", "errors"}
    for one in drawn.values():
        tree = ElementTree.fromstring(one)
        numbers = [float(n) for node in tree.iter() for n in re.findall(r"-?\d+\.\d", node.get("d") or "")]
        assert np.isfinite(numbers).all() and min(numbers) >= 0 and max(numbers) <= charts.WIDTH
    assert plots.charts(Results(results.facts, Options())) == {}


def test_names_of_lines_keep_apart() -> None:
    series = [charts.Series(f"line <{k}>", [0, 10], [0, 0.99 + k / 1000], k) for k in range(6)]
    tree = ElementTree.fromstring(
        charts.line_chart(series, charts.Axis("x", 0, 10, charts.number), charts.Axis("y", 0, 1, charts.percent), "t")
    )
    at = sorted(float(node.get("y") or 0) for node in tree.iter() if (node.get("class") or "").startswith("name"))
    assert min(np.diff(at)) >= charts.LINE - 0.11
    assert at[-1] < charts.HEIGHT


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 7), (0, 12345), (0.2, 0.95)])
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    ticks = charts.Axis("x", low, high, charts.number).ticks()
    assert 3 <= len(ticks) <= 8
    assert all(low - 1e-9 <= one <= high + 1e-9 for one in ticks)
    assert charts.Axis("x", 3, 4000, charts.number, log=True).ticks()[0] == 10


def test_matrix_becomes_a_picture() -> None:
    from PIL import Image

    small = np.eye(4)
    small[0, 3] = np.nan
    drawn = Image.open(io.BytesIO(matrices.picture(small, most=40))).convert("RGB")
    assert drawn.size == (40, 40)
    assert drawn.getpixel((35, 5)) == matrices.NOTHING
    assert drawn.getpixel((5, 5)) == matrices.COLOURS[-1] and drawn.getpixel((5, 15)) == matrices.COLOURS[0]
    large = np.kron(np.eye(10), np.ones((33, 33)))
    large[:100, 200:] = np.nan
    averaged = Image.open(io.BytesIO(matrices.picture(large, most=50)))
    assert averaged.size == (50, 50)
    assert averaged.convert("RGB").getpixel((49, 1)) == matrices.NOTHING
    matrices.picture(np.zeros((3, 3)))
    matrices.picture(np.full((3, 3), np.nan))
