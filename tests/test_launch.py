"""The front door, tried out on small checkouts whose packages lie beside them, so that no network is needed."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent
CLI = """
import os, sys
def main(args=None, prog_name=None):
    import berrypatch
    print("cli", args if args is not None else sys.argv[1:], berrypatch.VERSION)
    return int(os.environ.get("FAKE_CODE", "0"))
"""
WORKER = "def main(args):\n    print('worker', args)\n    return 5\n"


def load_launch() -> ModuleType:
    spec = importlib.util.spec_from_file_location("launch_under_test", ROOT / "launch.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


launch = load_launch()


def make_wheel(folder: Path, name: str, version: str) -> None:
    """A package of one line, as small as a wheel can be."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


def make_checkout(root: Path) -> Path:
    """A checkout with the real front door and a program of two functions that needs one package."""
    (root / "spotid/jobs").mkdir(parents=True)
    shutil.copy(ROOT / "launch.py", root)
    shutil.copy(ROOT / "spotid/__init__.py", root / "spotid")
    shutil.copytree(ROOT / "spotid/firstrun", root / "spotid/firstrun", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "spotid/cli.py").write_text(CLI)
    (root / "spotid/jobs/__init__.py").write_text("")
    (root / "spotid/jobs/worker.py").write_text(WORKER)
    for version in ("1.0", "1.1"):
        make_wheel(root / "wheels", "berrypatch", version)
    make_wheel(root / "wheels", "modelpatch", "2.0")
    (root / "requirements-core.txt").write_text("# one package\nberrypatch==1.0\n")
    (root / "requirements.txt").write_text("-r requirements-core.txt\nmodelpatch==2.0\n")
    (root / "requirements-test.txt").write_text("-r requirements.txt\n")
    return root


def run(root: Path, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "launch.py"), *args]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **variables}
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=120)


def site(root: Path) -> Path:
    return next((root / ".venv").rglob("site-packages"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that has been started once, in a folder whose name has a space and an accent."""
    root = make_checkout(tmp_path_factory.mktemp("front door") / "Prüfung mit Leerzeichen")
    first = run(root, "run", "a b", "--project", "é")
    assert first.returncode == 0, first.stderr
    assert first.stdout == "cli ['run', 'a b', '--project', 'é'] 1.0\n"
    assert "Setting up SpotID" in first.stderr and "Ready after" in first.stderr
    return root


def test_front_door_can_be_read_by_an_old_python() -> None:
    tree = ast.parse((ROOT / "launch.py").read_text(encoding="utf-8"), feature_version=(3, 8))
    top = {name.name for node in tree.body if isinstance(node, ast.Import) for name in node.names}
    top |= {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert top <= {"__future__", "os", "sys", "typing", "collections.abc"}


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 0, "final", 0), (2, 7, 18)])
def test_old_python_gets_one_sentence(version: tuple[int, ...]) -> None:
    sentence = launch.unsuitable(version, 2**63 - 1)
    assert sentence.startswith("SpotID needs Python 3.11 or newer; this is Python ")
    assert "python.org" in sentence


def test_old_python_names_a_newer_one_that_is_there() -> None:
    assert "“python3.12 launch.py”" in launch.unsuitable((3, 9, 1), 2**63 - 1, ["python3.12", "python3.11"])


def test_32_bit_python_is_refused_and_a_good_one_taken() -> None:
    assert "64-bit" in launch.unsuitable((3, 12, 1), 2**31 - 1)
    assert launch.unsuitable((3, 11, 0), 2**63 - 1) == ""
    assert launch.unsuitable((3, 14, 2), 2**63 - 1) == ""


def test_a_really_old_python_prints_the_sentence() -> None:
    found = [name for minor in (8, 9, 10) if (name := shutil.which(f"python3.{minor}"))]
    if not found or subprocess.run([found[0], "-c", ""], capture_output=True).returncode:
        pytest.skip("no Python older than 3.11 on this computer")
    result = subprocess.run([found[0], str(ROOT / "launch.py")], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.startswith("SpotID needs Python 3.11 or newer") and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("typed", "handed"),
    [
        ([], ["app"]),
        (["--no-browser"], ["app", "--no-browser"]),
        (["demo", "--no-browser"], ["demo", "--no-browser"]),
        (["run", "IMAGES", "--project", "P"], ["run", "IMAGES", "--project", "P"]),
        (["run", "--help"], ["run", "--help"]),
        (["--version"], ["--version"]),
        (["commands"], ["--help"]),
    ],
)
def test_what_the_program_is_handed(typed: list[str], handed: list[str]) -> None:
    assert launch.command_line(typed) == handed


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_installs_nothing(tmp_path: Path, word: str) -> None:
    root = make_checkout(tmp_path / "a")
    result = run(root, word)
    assert result.returncode == 0 and "launch.py demo" in result.stdout and "--no-browser" in result.stdout
    assert not (root / ".venv").exists()


def test_frozen_program_goes_straight_to_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[object] = []
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/SpotID/spotid-cli.exe")
    program = SimpleNamespace(main=lambda args, prog_name: said.append(args))
    worker = SimpleNamespace(main=lambda args: said.append(("worker", args)))
    monkeypatch.setitem(sys.modules, "spotid.cli", program)
    monkeypatch.setitem(sys.modules, "spotid.jobs.worker", worker)
    assert launch.main([]) == 0 and launch.main(["demo"]) == 0 and launch.main(["--worker", "x"]) == 0
    assert said == [["app"], ["demo"], ("worker", ["x"])]
    assert launch.main(["test"]) == 2
    assert "source checkout" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["SpotID", "SpotID.exe", "SpotID (1).exe"])
def test_what_is_double_clicked_opens_the_window(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    said: list[object] = []
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", f"/opt/spotid-cli of Zoé/{name}")
    for stream in ("stdout", "stderr"):  # Windows gives a program without a console none
        monkeypatch.setattr(sys, stream, None)
    monkeypatch.setitem(sys.modules, "spotid.desktop", SimpleNamespace(start=lambda args: said.append(args) or 3))
    worker = SimpleNamespace(main=lambda args: said.append(("worker", args)))
    monkeypatch.setitem(sys.modules, "spotid.jobs.worker", worker)
    assert launch.main([]) == 3 and launch.main(["test"]) == 3 and launch.main(["--worker", "x"]) == 0
    assert said == [[], ["test"], ("worker", ["x"])]


def test_second_start_does_nothing_but_start(checkout: Path) -> None:
    before = (checkout / ".venv/setup.log").stat().st_mtime_ns
    result = run(checkout, FAKE_CODE="7")
    assert (result.stdout, result.stderr, result.returncode) == ("cli ['app'] 1.0\n", "", 7)
    assert (checkout / ".venv/setup.log").stat().st_mtime_ns == before


def test_other_pythons_packages_stay_out(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "berrypatch.py").write_text("VERSION = 'foreign'\n")
    assert run(checkout, PYTHONPATH=str(tmp_path)).stdout == "cli ['app'] 1.0\n"


def test_worker_gets_its_arguments(checkout: Path) -> None:
    result = run(checkout, "--worker", "job", "4")
    assert (result.stdout, result.returncode) == ("worker ['job', '4']\n", 5)


@pytest.mark.skipif(os.name == "nt", reason="Windows has a spotid.cmd instead")
def test_command_spotid_works_from_anywhere(checkout: Path, tmp_path: Path) -> None:
    command = [str(checkout / ".venv/bin/spotid"), "export", "--kind", "a b"]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=tmp_path)
    assert result.stdout == "cli ['export', '--kind', 'a b'] 1.0\n"


def test_changed_pin_is_installed_and_a_changed_comment_is_not(checkout: Path) -> None:
    core = checkout / "requirements-core.txt"
    before = (checkout / ".venv/setup.log").stat().st_mtime_ns
    core.write_text("# another comment\n\nberrypatch==1.0  # still\n")
    assert run(checkout).stderr == ""
    assert (checkout / ".venv/setup.log").stat().st_mtime_ns == before
    core.write_text("berrypatch==1.1\n")
    try:
        result = run(checkout)
        assert result.stdout == "cli ['app'] 1.1\n" and "up to date" in result.stderr
    finally:
        core.write_text("berrypatch==1.0\n")
        assert run(checkout).stdout == "cli ['app'] 1.0\n"


def test_interrupted_set_up_is_picked_up(checkout: Path) -> None:
    (checkout / ".venv/setup.json").unlink()
    next(site(checkout).glob("berrypatch-*.dist-info/RECORD")).unlink()
    (site(checkout) / "berrypatch.py").unlink()
    (site(checkout) / "~leftover").mkdir()
    result = run(checkout)
    assert (result.stdout, result.returncode) == ("cli ['app'] 1.0\n", 0), result.stderr
    assert not (site(checkout) / "~leftover").exists()


def test_two_starts_at_once_do_not_break_one_another(checkout: Path) -> None:
    (checkout / ".venv/setup.json").unlink()
    shutil.rmtree(next(site(checkout).glob("berrypatch-*.dist-info")))
    command = [sys.executable, str(checkout / "launch.py"), "run"]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [start.communicate(timeout=120) for start in starts]
    assert [end[0] for end in ends] == ["cli ['run'] 1.0\n"] * 2
    assert sum("Ready after" in end[1] for end in ends) == 1, "one sets up, the other waits"
    assert sum("waiting for it to finish" in end[1] for end in ends) <= 1


def test_models_alone_installs_and_with_a_word_after_it_is_a_command() -> None:
    assert launch.set_for(["models"]) == "models" and launch.set_for(["test", "-q"]) == "test"
    for args in ([], ["models", "list"], ["run", "models"], ["models", "--help"]):
        assert launch.set_for(args) == "core"


def test_models_adds_the_larger_set(checkout: Path) -> None:
    result = run(checkout, "models")
    assert result.returncode == 0 and "published models are installed" in result.stderr, result.stderr
    assert (site(checkout) / "modelpatch.py").exists()
    assert set(json.loads((checkout / ".venv/setup.json").read_text())["sets"]) == {"core", "models"}
    assert run(checkout).stderr == ""


def test_moved_checkout_goes_on(checkout: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(checkout, moved, symlinks=True)
    assert run(moved).stdout == "cli ['app'] 1.0\n"
    if os.name != "nt":
        assert str(moved) in (moved / ".venv/bin/spotid").read_text()


def test_missing_package_ends_with_a_sentence(checkout: Path) -> None:
    core = checkout / "requirements-core.txt"
    core.write_text("berrypatch==9.9\n")
    try:
        result = run(checkout)
    finally:
        core.write_text("berrypatch==1.0\n")
    assert result.returncode == 1 and result.stdout == ""
    assert "no ready-made package of berrypatch" in result.stderr and "setup.log" in result.stderr
    assert "Traceback" not in result.stderr
    assert run(checkout).stdout == "cli ['app'] 1.0\n", "the next start goes on as if nothing had happened"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that this user can't write to")
def test_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    root = make_checkout(tmp_path / "read only")
    root.chmod(0o555)
    result = run(root)
    root.chmod(0o755)
    assert result.returncode == 1 and "can't be written to" in result.stderr and "Traceback" not in result.stderr


def test_warm_start_costs_less_than_a_tenth_of_a_second_in_the_front_door(checkout: Path) -> None:
    # Without starting Python, which every program pays; the best of five, because other work shares the processor.
    script = (
        f"import sys, time; sys.path.insert(0, {str(checkout)!r}); began = time.perf_counter()\n"
        "from spotid.firstrun.environment import Environment\n"
        f"assert not Environment({str(checkout)!r}).make_ready('core')\n"
        "print(time.perf_counter() - began)"
    )
    taken = []
    for _ in range(5):
        result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        taken.append(float(result.stdout))
        time.sleep(0.05)
    assert min(taken) < 0.1
