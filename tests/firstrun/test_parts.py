"""The parts of the first start, one by one."""

from __future__ import annotations

import errno
import io
import itertools
import os
import platform
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from spotid.firstrun import checks, command, environment, pip, requirements, troubles
from spotid.firstrun.environment import Environment
from spotid.firstrun.foreign import clean_environment
from spotid.firstrun.lock import SetupLock
from spotid.firstrun.progress import Progress

ROOT = Path(__file__).resolve().parents[2]
COMPUTERS = [("linux", "x86_64"), ("win32", "AMD64"), ("darwin", "arm64"), ("darwin", "x86_64")]
PIP_SAYS = [
    "Collecting numpy==2.4.6 (from -r requirements-core.txt (line 14))",
    "  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl.metadata (6.6 kB)",
    "Requirement already satisfied: flask==3.1.3 in ./site-packages",
    "Downloading numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl (16.9 MB)",
    "Using cached click-8.5.1-py3-none-any.whl (126 kB)",
    "Processing /a folder/faiss_cpu-1.15.1-cp310-abi3-linux_x86_64.whl (from -r requirements-core.txt (line 6))",
    "Installing collected packages: numpy, click, faiss-cpu",
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("OSError: [Errno 28] No space left on device", troubles.DISK),
        ("Retrying after NewConnectionError(...)\nNo matching distribution found for numpy", troubles.NETWORK),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] Max retries exceeded", troubles.CERTIFICATE),
        ("created successfully because ensurepip is not\navailable. apt install python3.11-venv", troubles.NO_VENV),
        ("/usr/bin/python3: No module named venv", troubles.NO_VENV),
        ("ERROR: [Errno 13] Permission denied: '/opt'", troubles.PERMISSION),
        ("[WinError 32] The process cannot access the file", troubles.IN_USE),
        ("HINT: Windows Long Path support is not enabled. [Errno 2]", troubles.LONG_PATH),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", troubles.DAMAGED),
        ("something nobody has seen", troubles.UNKNOWN),
    ],
)
def test_failure_is_told_in_a_sentence_with_advice(output: str, told: tuple[str, str]) -> None:
    trouble = troubles.explain(output, 1, "/x/setup.log")
    assert (trouble.sentence, trouble.advice) == (told[0], told[1] + "\nDetails: /x/setup.log")


def test_missing_package_is_named_and_a_killed_child_means_memory() -> None:
    assert "of faiss-cpu for" in troubles.explain("No matching distribution found for faiss-cpu==1", 1, "").sentence
    assert troubles.explain("", -9, "").sentence == troubles.MEMORY[0]


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, troubles.DISK), (errno.EROFS, troubles.PERMISSION), (errno.EACCES, troubles.PERMISSION)],
)
def test_file_trouble_is_told_with_its_place(number: int, told: tuple[str, str]) -> None:
    trouble = troubles.explain_os_error(OSError(number, "no", "/somewhere/.venv"), "/other")
    assert trouble.sentence == told[0] and trouble.advice.endswith("/somewhere/.venv")


def follow(stream: io.StringIO, tmp_path: Path) -> Progress:
    progress = Progress(stream, 4, str(tmp_path / "tmp"), str(tmp_path / "site"), clock=lambda: 75.0)
    with progress:
        for line in PIP_SAYS:
            progress.line(line + "\n")
    return progress


def test_progress_is_a_line_per_package_without_a_terminal(tmp_path: Path) -> None:
    stream = io.StringIO()
    follow(stream, tmp_path)
    lines = stream.getvalue().splitlines()
    assert [line.split("  ")[-1] for line in lines[1:]] == ["click 8.5.1", "faiss_cpu 1.15.1", lines[3].split("  ")[-1]]
    assert "1 of 3  numpy 2.4.6  17 MB" in lines[0] and "0 of 3" in lines[3]
    assert "\r" not in stream.getvalue()


def test_progress_rewrites_its_line_on_a_terminal(tmp_path: Path) -> None:
    stream = Terminal()
    follow(stream, tmp_path)
    assert "\n" not in stream.getvalue() and stream.getvalue().endswith("\r")


def test_progress_counts_bytes_and_packages_on_disk(tmp_path: Path) -> None:
    (tmp_path / "tmp/pip-unpack-a").mkdir(parents=True)
    (tmp_path / "tmp/pip-unpack-a/numpy.whl").write_bytes(b"0" * 8_000_000)
    progress = Progress(None, 4, str(tmp_path / "tmp"), str(tmp_path / "site"))
    progress.line(PIP_SAYS[3])
    assert "numpy 2.4.6  8 of 17 MB" in progress.state()
    progress.line(PIP_SAYS[6])
    (tmp_path / "site/numpy-2.4.6.dist-info").mkdir(parents=True)
    (tmp_path / "site/numpy-2.4.6.dist-info/RECORD").touch()
    assert "putting packages in place: 1 of 3" in progress.state()


def test_progress_outlives_its_reader(tmp_path: Path) -> None:
    stream = io.StringIO()
    stream.close()
    Progress(Terminal(), 1, "", "").write("x")
    progress = Progress(None, 1, "", "")
    progress.stream = stream
    progress.write("x")
    assert progress.stream is None


def test_lock_is_held_by_one_and_freed(tmp_path: Path) -> None:
    path, waited, order = str(tmp_path / "lock"), threading.Event(), []

    def second() -> None:
        with SetupLock(path, waited.set, pause=0.01):
            order.append("second")

    with SetupLock(path, lambda: None):
        other = threading.Thread(target=second)
        other.start()
        assert waited.wait(10), "the second must say that it waits"
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]


def test_lock_of_a_killed_holder_is_free(tmp_path: Path) -> None:
    script = (
        f"import sys, time; sys.path.insert(0, {str(ROOT)!r}); from spotid.firstrun.lock import SetupLock\n"
        f"lock = SetupLock({str(tmp_path / 'lock')!r}, print)\n"
        "lock.__enter__(); print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    began = time.monotonic()
    with SetupLock(str(tmp_path / "lock"), lambda: None):
        assert time.monotonic() - began < 50  # the dead holder would have had it for 60


def test_shipped_sets_are_pinned_and_hold_one_opencv() -> None:
    from packaging.requirements import Requirement

    for name, (system, machine) in itertools.product(requirements.FILES, COMPUTERS):
        here = {"sys_platform": system, "platform_machine": machine}
        lines = [Requirement(line) for line in requirements.pins(str(ROOT), name)]
        names = [one.name.lower() for one in lines if not one.marker or one.marker.evaluate(here)]
        assert len(set(names)) == len(names), "a package is pinned once for each kind of computer"
        assert [each for each in names if each.startswith("opencv")] == ["opencv-python"]
        assert all([part.operator for part in one.specifier] == ["=="] for one in lines)


def test_pins_are_counted_as_pip_chooses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from packaging.requirements import Requirement

    lines = requirements.pins(str(ROOT), "test")
    for system, machine in COMPUTERS:
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.setattr(platform, "machine", lambda machine=machine: machine)
        here = {"sys_platform": system, "platform_machine": machine}
        markers = [Requirement(line).marker for line in lines]
        assert requirements.count_here(lines) == sum(not one or one.evaluate(here) for one in markers)


def test_core_set_is_what_its_packages_ask_for() -> None:
    # A dependency left unpinned would differ from one computer to the next.
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    pinned = {canonicalize_name(Requirement(line).name) for line in requirements.pins(str(ROOT), "core")}
    for name in pinned:
        try:
            asked = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:
            pytest.skip(f"{name} is not installed here")
        needed = {
            canonicalize_name(each.name) for each in asked if not each.marker or each.marker.evaluate({"extra": ""})
        }
        assert needed - {"pip"} <= pinned, name


def test_larger_sets_hold_the_smaller() -> None:
    assert requirements.held_by("models") == ["core", "models"]
    core, models, test = (set(requirements.pins(str(ROOT), name)) for name in requirements.FILES)
    assert core < models < test
    other = "linux" if sys.platform == "win32" else "win32"
    assert (
        requirements.count_here(
            ["a==1", f'b==1 ; sys_platform == "{sys.platform}"', f'c==1 ; sys_platform == "{other}"']
        )
        == 2
    )


def test_too_little_room_is_said_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(environment.SIZE_MB, "core", 10**9)
    (tmp_path / "requirements-core.txt").write_text("a==1\n")
    with pytest.raises(troubles.Trouble, match="not enough room"):
        Environment(str(tmp_path)).make_ready("core", show=False)
    assert sorted(os.listdir(tmp_path / ".venv")) == ["setup.lock", "setup.log"]


def test_broken_stamps_mean_not_ready(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements-core.txt").write_text("a==1\n")
    for text in ("", "{", "[]", '{"sets": 3}', '{"sets": {}}'):
        (tmp_path / ".venv/setup.json").write_text(text)
        assert not Environment(str(tmp_path)).is_ready("core")


def test_interrupted_packages_are_cleared_and_whole_ones_kept(tmp_path: Path) -> None:
    for name in ("whole-1.dist-info", "half-1.dist-info", "~umpy", "numpy"):
        (tmp_path / name).mkdir()
    (tmp_path / "whole-1.dist-info/RECORD").touch()
    pip.clear_interrupted(str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == ["numpy", "whole-1.dist-info"]


def test_environment_of_children_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/elsewhere")
    monkeypatch.setenv("KEPT", "yes")
    variables = clean_environment()
    assert "PYTHONHOME" not in variables and variables["KEPT"] == "yes"


def test_path_file_is_ascii_whatever_the_folder_is_called(tmp_path: Path) -> None:
    command.write_command("/data/Größe ünd 豹", str(tmp_path), str(tmp_path))
    (line,) = (tmp_path / "spotid-checkout.pth").read_text(encoding="ascii").splitlines()
    before = list(sys.path)
    try:
        exec(line)
        assert sys.path[-1] == "/data/Größe ünd 豹"
    finally:
        sys.path[:] = before


def test_checks_all_run_and_the_first_failure_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fake(python: str, args: list[str]) -> list[tuple[str, list[str]]]:
        codes = {"ruff check": 0, "ruff format": 3, "mypy": 4, "pytest": 5}
        return [
            (name, [sys.executable, "-c", f"print({name!r}, {args!r}); raise SystemExit({code})"])
            for name, code in codes.items()
        ]

    monkeypatch.setattr(checks, "steps", fake)
    monkeypatch.setattr(checks, "get_browser", lambda log: "")
    assert checks.run_checks(Environment(str(tmp_path)), ["-k", "x"]) == 3
    said = capfd.readouterr().out
    assert checks.NO_BROWSER in said and "pytest ['-k', 'x']" in said
    assert "Failed: ruff format (3), mypy (4), pytest (5)" in said


def test_checks_hand_their_arguments_to_pytest_alone() -> None:
    names = [name for name, _ in checks.steps("py", ["-x"])]
    assert names == ["ruff check", "ruff format", "mypy", "pytest"]
    assert [line[1:] for _, line in checks.steps("py", ["-x"])][3] == ["-m", "pytest", "-x"]


def test_without_arguments_the_manual_and_the_bundle_are_made_and_tried(repository: Path) -> None:
    asked = dict(checks.steps("py", []))
    assert list(asked)[4:] == ["pytest, the slow ones", "manual", "bundle", "bundle in use"]
    assert asked["pytest, the slow ones"][-2:] == ["-m", "slow"]
    assert {"-W", "--keep-going", "docs"} <= set(asked["manual"]) and (repository / "docs/conf.py").is_file()
    assert (repository / asked["bundle"][1]).is_file() and (repository / asked["bundle in use"][-1]).is_dir()


@pytest.mark.parametrize("builds", [True, False])
def test_the_bundle_that_is_tried_is_the_one_just_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], builds: bool
) -> None:
    build = f"import sys; print('building in', sys.argv[1:]); raise SystemExit({0 if builds else 6})"
    tried = "import os; print('trying', os.environ['SPOTID_BUNDLE'])"
    made = [("bundle", [sys.executable, "-c", build]), ("bundle in use", [sys.executable, "-c", tried])]
    monkeypatch.setattr(checks, "steps", lambda python, args: [("manual", [sys.executable, "-c", ""]), *made])
    monkeypatch.setattr(checks, "get_browser", lambda log: "a browser")
    monkeypatch.setattr(checks, "get_tools", lambda log: True)
    monkeypatch.delenv(checks.BUNDLE, raising=False)
    assert checks.run_checks(Environment(str(tmp_path)), []) == (0 if builds else 6)
    said = capfd.readouterr().out
    work = tmp_path / "build" / "bundle"
    assert f"building in ['{work}']" in said
    if builds:
        assert f"trying {work / 'SpotID'}" in said
        assert said.splitlines()[-1].startswith("All is fine: manual, bundle, bundle in use.")
    else:
        assert "trying" not in said and "no bundle to try out" in said
        assert said.splitlines()[-1] == "Failed: bundle (6)"


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux the bundle needs a compiler")
def test_without_a_compiler_the_bundle_is_left_out_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    steps = [
        (name, [sys.executable, "-c", f"print('ran', {name!r})"]) for name in ("manual", "bundle", "bundle in use")
    ]
    monkeypatch.setattr(checks, "steps", lambda python, args: steps)
    monkeypatch.setattr(checks, "get_browser", lambda log: "a browser")
    monkeypatch.setattr(checks, "_install", lambda *_: False)
    monkeypatch.setattr(checks.shutil, "which", lambda name: None if name == "cc" else f"/usr/bin/{name}")
    assert checks.run_checks(Environment(str(tmp_path)), []) == 0
    said = capfd.readouterr().out
    assert checks.NO_TOOLS in said and "ran manual" in said and "ran bundle" not in said


def test_the_tools_looked_for_are_those_that_the_build_needs() -> None:
    from release import films

    assert checks.TOOLS == films.TOOLS


def test_a_bundle_is_not_built_where_a_folder_has_a_space() -> None:
    assert checks.work_folder("/data/spotid") == os.path.join("/data/spotid", "build", "bundle")
    if os.name != "nt":
        assert " " not in checks.work_folder("/data/my programs/spotid")


def test_browser_is_not_installed_without_the_right_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_browser", lambda: "")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: pytest.fail("nothing may be run"))
    assert checks.get_browser("log") == ""


def test_browser_is_installed_on_debian_as_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def fake_run(line: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(line)
        return subprocess.CompletedProcess(line, 0)

    monkeypatch.setattr(checks, "find_browser", lambda: "/usr/bin/chromium" if len(ran) == 2 else "")
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(checks.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(checks.subprocess, "run", fake_run)
    assert checks.get_browser(str(tmp_path / "log")) == "/usr/bin/chromium"
    assert ran == [["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]]
