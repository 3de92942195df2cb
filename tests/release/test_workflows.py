"""The workflows: pinned, with few rights, without foreign words in their commands, and calling only what there is."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# Commits of the tags named beside them, as several public repositories give them.
PINS = {
    "actions/checkout": ("de0fac2e4500dabe0009e67214ff5f5447ce83dd", "v6.0.2"),
    "actions/setup-python": ("a309ff8b426b58ec0e2a45f0f869d46889d02405", "v6.2.0"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/download-artifact": ("70fc10c6e5e1ce46ad2ea6f2b72d43f7d47b13c3", "v8.0.0"),
    "actions/attest-build-provenance": ("a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32", "v4.1.0"),
}
RUNNERS = {"ubuntu-22.04", "ubuntu-24.04", "windows-latest", "macos-15", "macos-15-intel"}
# The only jobs that may do more than read.
RIGHTS = {
    ("release", "sums"): {"contents": "read", "id-token": "write", "attestations": "write"},
    ("release", "draft"): {"contents": "write"},
}
# What the attacker of a repository can put a text into.
FOREIGN = re.compile(r"\$\{\{[^}]*\}\}")


@cache
def read(path: Path) -> dict[str, Any]:
    """One workflow. YAML takes the key “on” for a yes."""
    yaml = pytest.importorskip("yaml")
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    said["on"] = said.pop(True, said.get("on"))
    return dict(said)


def jobs() -> list[tuple[str, str, dict[str, Any]]]:
    """Every job, with the names of its file and of itself."""
    return [(path.stem, name, job) for path in FILES for name, job in read(path)["jobs"].items()]


def steps() -> list[tuple[str, str, dict[str, Any]]]:
    """Every step, likewise."""
    return [(file, name, step) for file, name, job in jobs() for step in job["steps"]]


def test_there_are_three() -> None:
    assert [path.name for path in FILES] == ["links.yml", "release.yml", "tests.yml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_to_the_commit_of_its_version(path: Path) -> None:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        found = re.fullmatch(r"-?\s*uses: ([\w/-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", line)
        assert found, line
        assert PINS[found[1]] == (found[2], found[3]), line


def test_rights_are_given_job_by_job_and_are_few() -> None:
    for path in FILES:
        assert read(path)["permissions"] == {}
    for file, name, job in jobs():
        assert job["permissions"] == RIGHTS.get((file, name), {"contents": "read"}), (file, name)
        assert job["timeout-minutes"] <= 120
    for _, _, step in steps():
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_no_foreign_text_in_a_command() -> None:
    for file, name, step in steps():
        assert not FOREIGN.search(step.get("run", "")), (file, name, step["run"])
    for path in FILES:
        assert "pull_request_target" not in path.read_text(encoding="utf-8")


def test_secrets_are_given_to_the_signing_steps_alone() -> None:
    names = set()
    for path in FILES:
        data = read(path)
        assert "secrets." not in str({key: value for key, value in data.items() if key != "jobs"})
    for file, name, job in jobs():
        assert "secrets." not in str({key: value for key, value in job.items() if key != "steps"})
        for step in job["steps"]:
            asked = re.findall(r"secrets\.(\w+)", str(step))
            names |= set(asked)
            if asked:
                assert (file, name) == ("release", "build") and "release/sign_" in step["run"]
                assert job["environment"] == "${{ github.ref_type == 'tag' && 'release' || 'rehearsal' }}"
                assert step["env"] == {one: f"${{{{ secrets.{one} }}}}" for one in asked}
    scripts = [(ROOT / "release" / name).read_text(encoding="utf-8") for name in ("sign_macos.sh", "sign_windows.ps1")]
    known = set(re.findall(r"\b((?:MACOS|WINDOWS|AZURE)_[A-Z_]+[A-Z])\b", "\n".join(scripts)))
    assert names == known
    page = (ROOT / "docs" / "engineer" / "release.md").read_text(encoding="utf-8")
    assert [one for one in names if f"`{one}`" not in page] == []


def test_a_release_takes_nothing_from_a_cache() -> None:
    for file, _, step in steps():
        if file == "release" and "setup-python" in step.get("uses", ""):
            assert "cache" not in step["with"]


def test_pythons_are_those_of_the_classifiers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = [one.rpartition(":: ")[2] for one in project["classifiers"] if re.search(r"Python :: \d\.\d+$", one)]
    linux = read(ROOT / ".github" / "workflows" / "tests.yml")["jobs"]["linux"]
    assert linux["strategy"]["matrix"]["python"] == said
    for _, _, step in steps():
        version = step.get("with", {}).get("python-version", said[0])
        assert version in said or version == "${{ matrix.python }}"


def test_runners_exist() -> None:
    for _, _, job in jobs():
        matrix = job.get("strategy", {}).get("matrix", {})
        named = {one["runner"] for one in matrix.get("include", [])} | set(matrix.get("system", []))
        assert (named or {job["runs-on"]}) <= RUNNERS


def test_every_flavour_on_every_system() -> None:
    matrix = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]["build"]["strategy"]["matrix"]["include"]
    made = {(one["runner"], one["flavour"]) for one in matrix}
    systems = ("windows-latest", "macos-15", "ubuntu-22.04")
    assert made == {(one, flavour) for one in systems for flavour in ("core", "full")} | {("macos-15-intel", "core")}
    assert [one["runner"] for one in matrix if one.get("may_fail")] == ["macos-15-intel"]


def commands() -> list[list[str]]:
    """Every command of every step that starts one of our files, as words."""
    found = []
    for _, _, step in steps():
        for line in step.get("run", "").replace("\\\n", " ").splitlines():
            for part in line.split("&&"):
                words = shlex.split(part.replace("$", ""))
                if words:
                    found.append(words)
    return found


@cache
def help_of(script: str) -> str:
    """What a script says of itself."""
    line = [sys.executable, str(ROOT / script), "--help"]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, env={**os.environ})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_script_and_every_option_exists() -> None:
    called = set()
    for words in commands():
        for word in words:
            if re.fullmatch(r"(release|docs|tests|spotid|requirements|launch)[\w./-]*", word):
                assert (ROOT / word).exists(), word
        if words[0].startswith("python") and len(words) > 1 and words[1].endswith(".py") and words[1] != "launch.py":
            called.add(words[1])
            said = help_of(words[1])
            for word in words:
                if word.startswith("--"):
                    assert re.search(rf"(^|[\s\[,]){re.escape(word)}\b", said), (words[1], word)
        if words[0] == "release/sign_windows.ps1":
            script = (ROOT / words[0]).read_text(encoding="utf-8")
            for word in words:
                if word.startswith("-"):
                    assert f"${word[1:]}" in script, word
    scripts = ("build", "checksums", "fetch_weights", "notes", "sbom")
    assert called == {f"release/{one}.py" for one in scripts}


def test_pins_of_the_release_agree_with_the_programs() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text.lower(), re.MULTILINE))

    files = ("requirements-core.txt", "requirements.txt", "requirements-build.txt", "requirements-docs.txt")
    known: dict[str, str] = {}
    for name in (*files, "requirements-test.txt"):
        known |= pins(name)
    for name in ("release/requirements.txt", "release/requirements-smoke.txt"):
        mine = pins(name)
        assert mine and {one: version for one, version in mine.items() if known.get(one, version) != version} == {}


def tool(name: str) -> str:
    """A checker that came with the packages of the tests."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if not found:
        pytest.skip(f"{name} belongs to requirements-test.txt")
    return found


def test_zizmor_finds_nothing() -> None:
    line = [tool("zizmor"), "--offline", "--no-progress", "--persona", "pedantic", str(FILES[0].parent)]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_shellcheck_finds_nothing() -> None:
    scripts = sorted((ROOT / "release").glob("*.sh"))
    assert scripts
    if sys.platform != "win32":
        assert all(os.access(path, os.X_OK) for path in scripts)
    done = subprocess.run([tool("shellcheck"), *map(str, scripts)], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout
