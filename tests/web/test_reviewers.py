"""Initials, conflicts and merging, as the browser asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from spotid.errors import BadRequestError
from spotid.project import ledger
from spotid.review import deeds
from spotid.web import bench_of
from spotid.web.common import reviewer
from spotid.words import Verdict


@pytest.mark.parametrize(("sent", "kept"), [(None, ""), ("", ""), ("  JD ", "JD"), ("é1", "é1"), ("E\u0301", "É")])
def test_initials_are_trimmed(sent: Any, kept: str) -> None:
    assert reviewer({} if sent is None else {"reviewer": sent}) == kept


@pytest.mark.parametrize("sent", ["J D", "J.D.", "=1+1", "ABCDEFGHI", "a\n", 3, ["J"], "\ud800", "<b>"])
def test_what_are_no_initials_is_refused(sent: Any) -> None:
    if sent == "a\n":
        assert reviewer({"reviewer": sent}) == "a"
        return
    with pytest.raises(BadRequestError):
        reviewer({"reviewer": sent})


def address(app: Flask, tail: str) -> str:
    return f"/api/project/{app.stocked.id}/{tail}"  # type: ignore[attr-defined]


def test_cards_and_their_count(app: Flask, client: FlaskClient, stock) -> None:
    assert client.get(address(app, "conflicts/count")).json == {
        "count": 0,
        "contradiction": 0,
        "photograph": 0,
        "opinion": 0,
    }
    desk = bench_of(app).desk(app.stocked.id)  # type: ignore[attr-defined]
    a, b = sorted(stock.uids[:2])
    desk.keep(ledger.Answer("same-of-both", Verdict.SAME, a, b, reviewer="JD", seconds=2.0))
    desk.keep(ledger.Answer("not-the-same", Verdict.DIFFERENT, a, b, reviewer="MK", seconds=20.0))
    deeds.second(desk, "second-opinion", a, b, "same", reviewer="EF")
    counted = client.get(address(app, "conflicts/count")).json
    assert (counted["count"], counted["contradiction"], counted["opinion"]) == (2, 1, 1)
    told = client.get(address(app, "conflicts")).json
    card = next(one for one in told["cards"] if one["kind"] == "contradiction")
    assert [one["uid"] for one in card["pictures"]] == [a, b]
    assert {one["row"] for one in (*card["joins"][0], *card["parting"])} == {1, 2}
    done = client.post(
        address(app, "conflicts/undo-one"), json={"uid": "undo-it-now", "target": "not-the-same", "reviewer": "AB"}
    )
    assert done.json["kept"]["row"] == 4 and done.json["counts"]["count"] == 0
    repeated = client.post(
        address(app, "conflicts/undo-one"), json={"uid": "undo-it-now", "target": "not-the-same", "reviewer": "AB"}
    )
    assert repeated.json["repeated"] and repeated.json["kept"]["row"] == 4
    other = client.post(address(app, "conflicts/undo-one"), json={"uid": "undo-it-now", "target": "same-of-both"})
    assert other.status_code == 400 and other.json["error"]["sentence"]


def test_a_contradiction_about_a_photograph_that_is_not_here_is_shown_all_the_same(
    app: Flask, client: FlaskClient, stock
) -> None:
    desk = bench_of(app).desk(app.stocked.id)  # type: ignore[attr-defined]
    here, gone = stock.uids[0], "ffffffffffffffff"  # answers of another laptop may be on pictures that are not here
    desk.keep(ledger.Answer("same-of-both", Verdict.SAME, here, gone))
    desk.keep(ledger.Answer("not-the-same", Verdict.DIFFERENT, here, gone))
    (card,) = client.get(address(app, "conflicts")).json["cards"]
    assert [one["here"] for one in card["pictures"]] == [True, False]


def test_nothing_is_kept_while_a_project_is_open_for_looking_only(app: Flask, client: FlaskClient, stock) -> None:
    folder: Path = app.stocked.path  # type: ignore[attr-defined]
    desk = bench_of(app).desk(app.stocked.id)  # type: ignore[attr-defined]
    desk.keep(ledger.Answer("same-of-both", Verdict.SAME, *sorted(stock.uids[:2])))
    desk.keep(ledger.Answer("not-the-same", Verdict.DIFFERENT, *sorted(stock.uids[:2])))
    app.stocked.close()  # type: ignore[attr-defined]
    bench = bench_of(app)
    bench._opened.clear()
    looked = bench.open(folder, looking=True)
    for tail in ("conflicts", "reviewers"):
        assert client.get(f"/project/{looked.id}/{tail}").status_code == 200
        assert client.get(f"/api/project/{looked.id}/{tail}").status_code == 200
    for tail in ("conflicts/undo-one", "conflicts/settle", "conflicts/revert", "merge", "merge-preview"):
        refused = client.post(f"/api/project/{looked.id}/{tail}", json={"uid": "undo-it-now"})
        assert refused.status_code == 423 and "looking" in refused.json["error"]["sentence"]


def test_a_merge_that_is_refused_is_told_with_its_code(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    for path, code in ((str(tmp_path), "not-found"), (str(app.stocked.path), "bad-request"), ("x", "bad-request")):  # type: ignore[attr-defined]
        for tail in ("merge-preview", "merge"):
            told = client.post(address(app, tail), json={"uid": "merge-it-now", "path": path})
            assert told.json["error"]["code"] == code and told.json["error"]["advice"]
