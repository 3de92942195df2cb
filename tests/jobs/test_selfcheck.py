"""The self-check: true here, and a line with advice for everything that is not as it should be."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from spotid import about, seal
from spotid.cli import main
from spotid.jobs import selfcheck, selfcheck_parts


def lines() -> dict[str, selfcheck.Said]:
    return {one.what: one for one in selfcheck.look()}


def test_this_checkout_works(home: Path) -> None:
    told = lines()
    assert {selfcheck_parts.LINE, "opencv", "faiss", "Built-in weights", "SpotID’s own folder"} <= set(told)
    assert [one for one in told.values() if not one.ok] == []
    assert "512 numbers" in told[selfcheck_parts.LINE].sentence


@pytest.fixture
def no_children(monkeypatch) -> None:
    monkeypatch.setattr(selfcheck, "parts_here", lambda: [])


def test_what_is_wrong_is_said_with_advice(no_children, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(about, "missing", lambda: [f"base_library_{n}.zip" for n in range(5)])
    monkeypatch.setattr(selfcheck, "LEAST_GB", 1e9)
    monkeypatch.setattr(selfcheck, "LEAST_MEMORY_GB", 1e9)
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("SPOTID_HOME", str(tmp_path / "a file" / "home"))
    monkeypatch.setattr(seal, "SEALS", tmp_path / "nothing.json")
    told = lines()
    assert len(told) == 5 and not any(one.ok for one in told.values())
    assert all(one.sentence and one.advice for one in told.values())
    assert (
        "base_library_0.zip" in told["Files of the program"].sentence
        and "2 more" in told["Files of the program"].sentence
    )


def test_damaged_weights_are_found(no_children, monkeypatch, tmp_path: Path) -> None:
    wrong = dict.fromkeys(json.loads(seal.SEALS.read_text()), "0" * 64)
    (tmp_path / "seals.json").write_text(json.dumps(wrong))
    monkeypatch.setattr(seal, "SEALS", tmp_path / "seals.json")
    seal._seals.cache_clear()
    try:
        assert "does not fit its seal" in lines()["Built-in weights"].sentence
    finally:
        seal._seals.cache_clear()


def test_a_library_that_takes_the_child_along_is_named_and_the_rest_is_tried(monkeypatch) -> None:
    """As on a processor that lacks what a library was built for."""
    begun = []

    def child(parts: list[str], seconds: float):
        begun.append(list(parts))
        for name in parts:
            yield {"begun": name}
            if name == "faiss":
                yield {"ended": "code -4"}
                return
            yield {"said": {"what": name, "ok": True, "sentence": "", "advice": ""}}
        yield {"ended": "code 0"}

    monkeypatch.setattr(selfcheck, "_child", child)
    monkeypatch.setattr(selfcheck, "parts_here", lambda: ["numpy", "faiss", "opencv"])
    told = list(selfcheck._in_children(1))
    assert [(one.what, one.ok) for one in told] == [("numpy", True), ("faiss", False), ("opencv", True)]
    assert "code -4" in told[1].sentence and told[1].advice
    assert begun == [["numpy", "faiss", "opencv"], ["opencv"]]


def test_whatever_a_library_raises_is_a_line(monkeypatch) -> None:
    def ends() -> str:
        raise SystemExit("DLL load failed")

    monkeypatch.setitem(selfcheck_parts.PARTS, "numpy", ends)
    out = io.StringIO()
    assert selfcheck.work(["numpy", "pillow"], out) == 0
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert not events[1]["said"]["ok"] and "DLL load failed" in events[1]["said"]["sentence"]
    assert events[3]["said"]["ok"]


@pytest.mark.parametrize(("flavour", "large"), [("core", 0), ("full", 6)])
def test_each_flavour_tries_what_it_has(monkeypatch, flavour: str, large: int) -> None:
    monkeypatch.setattr(about, "build", lambda: about.Build(flavour, "1", "", "", ""))
    assert len(set(selfcheck.parts_here()) & set(selfcheck_parts.FULL)) == large


def test_the_command_says_it_line_by_line(no_children, monkeypatch) -> None:
    done = CliRunner().invoke(main, ["check"])
    assert "ok      Built-in weights: " in done.output
    monkeypatch.setattr(about, "missing", lambda: ["x"])
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 1 and "NOT OK  Files of the program: Missing" in done.output and "Unpack" in done.output


def test_the_report_command_writes_the_zip(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["report", "--out", str(tmp_path), "--said", "It stopped."])
    assert done.exit_code == 0, done.output
    assert [path.suffix for path in tmp_path.iterdir()] == [".zip"] and "about.txt" in done.output
    assert os.path.getsize(next(tmp_path.iterdir())) > 200
