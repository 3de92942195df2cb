"""A small survey and its project, and a way to run the lines of the documents among them."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spotid import cli
from spotid.places import projects_folder, sample_data
from spotid.project.folder import open_project
from tests.docs.reading import ROOT

PICTURES = ("ST01", "ST02")
EACH = 3
PROGRAM = re.compile(r"(?:python3? launch\.py|(?:\./)?(?:SpotID/)?(?:spotid|spotid-cli))(?:\s+|$)(.*)")


@dataclass(frozen=True)
class Survey:
    """What the words in capitals stand for."""

    folder: Path  # where the lines are run
    home: Path  # the program's own notes about the user

    def place(self, word: str) -> Path:
        return self.folder / {"PHOTOGRAPHS": "photographs", "FOLDER": "made here"}.get(word, word.lower())


WORDS = ("OTHER_PROJECT", "PHOTOGRAPHS", "EMBEDDINGS", "PROJECT", "FOLDER")


def prepare(folder: Path, home: Path) -> Survey:
    """Six photographs, a run over them, answers, another laptop's copy with its own, and embeddings left alone."""
    survey = Survey(folder, home)
    for station in PICTURES:
        for picture in sorted((sample_data() / station).rglob("*.JPG"))[:EACH]:
            target = survey.place("PHOTOGRAPHS") / station / picture.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, target)
    project = survey.place("PROJECT")
    done = CliRunner().invoke(cli.main, ["run", str(survey.place("PHOTOGRAPHS")), "--project", str(project)])
    assert done.exit_code == 0, done.output
    answer(project, "same")
    shutil.copytree(project, survey.place("OTHER_PROJECT"))
    answer(survey.place("OTHER_PROJECT"), "different")
    shutil.copytree(project / "embeddings", survey.place("EMBEDDINGS") / "embeddings")
    shutil.copytree(project, projects_folder() / "Demonstration")
    done = CliRunner().invoke(cli.main, ["export", "--project", str(project), "--out", str(folder / "matches")])
    assert done.exit_code == 0, done.output
    with (folder / "boxes.csv").open("w", newline="", encoding="utf-8") as file:
        lines = [("path", "x", "y", "w", "h"), ("ST01/IMG_0001.JPG", 0.2, 0.3, 0.4, 0.3), ("ST02/IMG_0001.JPG",)]
        csv.writer(file).writerows(line if len(line) == 5 else (*line, "", "", "", "") for line in lines)
    box = {"category": "1", "conf": 0.8, "bbox": [0.2, 0.3, 0.4, 0.3], "classifications": [["0", 0.9]]}
    files = [path.relative_to(survey.place("PHOTOGRAPHS")) for path in survey.place("PHOTOGRAPHS").rglob("*.JPG")]
    told = {
        "images": [{"file": path.as_posix(), "detections": [box]} for path in sorted(files)],
        "detection_categories": {"1": "animal"},
        "classification_categories": {"0": "Tendwa"},
        "info": {"format_version": "1.5", "detector": "md_v5a"},
    }
    (folder / "recognitions.json").write_text(json.dumps(told), encoding="utf-8")
    return survey


def answer(path: Path, kind: str) -> None:
    """One answer to the first question of a project."""
    from spotid.review.desk import Desk

    project = open_project(path)
    try:
        rows = project.store.all("SELECT uid FROM sighting WHERE state = 'embedded' ORDER BY uid LIMIT 3")
        first, second, third = (str(row["uid"]) for row in rows)
        pair = (first, second) if kind == "same" else (first, third)
        Desk(project, 5).answer(str(uuid.uuid4()), kind, *pair)
    finally:
        project.close()


def run(line: str, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run one line where the survey lies: its exit code and what it said."""
    for word in WORDS:
        line = re.sub(rf"(?<![\w/]){word}(?![\w])", lambda found: shlex.quote(str(survey.place(found[0]))), line)
    program = PROGRAM.fullmatch(line)
    plain = not re.search(r"[|<>&;*]|\$\(", line)
    with contextlib.chdir(survey.folder):
        if program and plain:
            return _in_process(shlex.split(program[1]), survey, monkeypatch)
        if (module := re.fullmatch(r"python3? -m (spotid\.\w+)(?: (.*))?", line)) and plain:
            return _as_module(module[1], shlex.split(module[2] or ""), monkeypatch)
        return _in_a_shell(line, survey)


def _in_process(words: list[str], survey: Survey, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    import launch
    import spotid.web.serve

    served: list[str] = []
    monkeypatch.setattr(spotid.web.serve, "serve", _asked_once(served))
    monkeypatch.setattr(cli, "sample_data", lambda: survey.place("PHOTOGRAPHS"))
    if words[:1] in (["--help"], ["-h"], ["help"]):
        return launch.main(words), launch.HELP
    done = CliRunner().invoke(cli.main, launch.command_line(shorter(words)))
    said = done.output + (repr(done.exception) if done.exception else "")
    serves = not words or words[0] in ("app", "demo", "open") or words[0].startswith("--no-browser")
    assert bool(served) == serves, f"{words}: served {served}"
    return done.exit_code, said


def shorter(words: list[str]) -> list[str]:
    """The same command with less to do: a survey of one small frame, and no run after a project was rebuilt."""
    if words[:1] == ["simulate"]:
        words = [re.sub(r"^\d+$", "1", word) for word in words]
        return words if "--size" in words else [*words, "--size", "320x240"]
    if words[:1] == ["rebuild"] and "--no-run" not in words:
        return [*words, "--no-run"]
    return words


def _as_module(name: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", [name, *words])
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=False)
    except SystemExit as end:
        return (end.code if isinstance(end.code, int) else int(bool(end.code))), ""
    return 0, ""


def _asked_once(served: list[str]) -> Callable[..., None]:
    """In place of serving the page until somebody ends it: ask for the page that would be opened, once."""

    def serve(make: Callable[..., Any], *, page: Callable[[Any], str] | None = None, **others: Any) -> None:
        from spotid.web import bench_of

        app = make()
        address = page(app) if page else "/"
        reply = app.test_client().get(address, base_url="http://127.0.0.1")
        assert reply.status_code == 200, (address, reply.status_code)
        served.append(address)
        bench_of(app).close()

    return serve


def _in_a_shell(line: str, survey: Survey) -> tuple[int, str]:
    """The line as a shell reads it; ``python`` and ``spotid`` are this Python and this program."""
    python = shlex.quote(sys.executable)
    program = f"{python} {shlex.quote(str(ROOT / 'launch.py'))}"
    line = re.sub(
        r"(^|[|;&]\s*)(?:python3? launch\.py|(?:\./)?(?:SpotID/)?spotid(?:-cli)?)(?=\s)", rf"\g<1>{program}", line
    )
    line = re.sub(r"(^|[|;&]\s*)python3?(?=\s)", rf"\g<1>{python}", line)
    line = re.sub(
        r"(?<=\s)((?:benchmarks|release|training)/[\w/]+\.py)", lambda found: shlex.quote(str(ROOT / found[0])), line
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SPOTID_INSIDE": "1"}
    done = subprocess.run(
        ["sh", "-c", line], cwd=survey.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def has_shell() -> bool:
    """Whether there is a shell for lines that are not the program's own."""
    return shutil.which("sh") is not None


def readable(line: str) -> Iterator[str]:
    """What is wrong with a line that can't be run here: an unknown command or option, a file that is not there."""
    program = PROGRAM.fullmatch(line)
    if program and not re.search(r"[|<>&;]", line):
        words = shlex.split(program[1])
        if words and words[0] not in ("test", "models", "commands") and not words[0].startswith("-"):
            import click

            command = cli.main.commands.get(words[0])
            if command is None:
                yield f"there is no command {words[0]}"
            else:
                try:
                    command.make_parser(click.Context(command)).parse_args(words[1:])
                except click.UsageError as error:
                    yield error.format_message()
    for file in re.findall(r"(?<![\w/])((?:benchmarks|tests|release|training)/[\w/]+\.\w+)", line):
        if not (ROOT / file).exists():
            yield f"there is no {file}"
