"""No part phones home: a whole run, and the import of every big library, without one attempt to reach another machine.

Attempts are heard by Python's own audit hook, which no Python code gets past, in every process of the family.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spotid.settings import QUIET, quiet_environment

# Another Python may have the big libraries: SPOTID_TEST_PYTHON names it.
PYTHON = os.environ.get("SPOTID_TEST_PYTHON", sys.executable)
HOOK = """
import json, os, sys

FETCHERS = {"pip", "uv", "git", "curl", "wget", "conda", "apt", "apt-get"}

def _heard(event, arguments):
    if event == "socket.connect" or event == "socket.sendto":
        address = arguments[1]
        if not isinstance(address, tuple) or str(address[0]).startswith(("127.", "::1")):
            return
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        if arguments[0] in (None, "", "localhost", b"localhost", "127.0.0.1", "0.0.0.0"):
            return
    elif event == "subprocess.Popen":
        command = [str(arguments[1])] if isinstance(arguments[1], (str, bytes)) else [str(one) for one in arguments[1]]
        if not FETCHERS & {word.split("/")[-1] for part in command for word in part.split()}:
            return
        arguments = [command]
    else:
        return
    with open(os.environ["SPOTID_TEST_HEARD"], "a") as file:
        file.write(json.dumps([event, repr(arguments)]) + "\\n")
    raise OSError(101, "the network is closed")

sys.addaudithook(_heard)
with open(os.environ["SPOTID_TEST_HEARD"] + ".begun", "a") as file:
    file.write(" ".join(sys.orig_argv).replace("\\n", " ") + "\\n")
"""


@pytest.fixture
def closed(tmp_path: Path) -> dict[str, str]:
    """An environment in which every Python tells of its attempts to reach the network, and fails in them."""
    folder = tmp_path / "hook"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HOOK)
    plain = {name: value for name, value in os.environ.items() if name not in QUIET}
    plain |= {"PYTHONPATH": str(folder), "SPOTID_TEST_HEARD": str(tmp_path / "heard.txt"), "OMP_NUM_THREADS": "1"}
    return plain | {"SPOTID_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}


def heard(tmp_path: Path) -> list[object]:
    path = tmp_path / "heard.txt"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def run(
    arguments: list[object], environment: dict[str, str], folder: Path, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *(str(one) for one in arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
        env=environment,
    )


def test_the_ear_hears(closed, tmp_path: Path, repository: Path) -> None:
    """Otherwise the tests below would prove nothing."""
    for attempt in (
        "import socket; socket.create_connection(('192.0.2.1', 80))",
        "import urllib.request; urllib.request.urlopen('http://evil.example/')",
        "import subprocess, sys; subprocess.run([sys.executable, '-m', 'pip', 'list'])",
    ):
        before = len(heard(tmp_path))
        assert run(["-c", attempt], closed, repository).returncode != 0
        assert len(heard(tmp_path)) == before + 1, attempt
    assert (
        run(["-c", "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"], closed, repository).returncode == 0
    )
    assert len(heard(tmp_path)) == 3


def test_a_whole_run_reaches_for_nobody(closed, tmp_path: Path, repository: Path) -> None:
    photographs = tmp_path / "photographs"
    for number, path in enumerate(sorted((repository / "sample_data").glob("ST0*/**/*.[Jj][Pp][Gg]"))[::9][:3]):
        (photographs / "ST01").mkdir(parents=True, exist_ok=True)
        shutil.copy(path, photographs / "ST01" / f"{number}.jpg")
    assert len(list(photographs.rglob("*.jpg"))) == 3
    done = run(["-m", "spotid", "run", photographs, "--project", tmp_path / "project"], closed, repository)
    assert done.returncode == 0, done.stdout + done.stderr
    out = tmp_path / "sightings.csv"
    assert (
        run(
            ["-m", "spotid", "sightings", "--project", tmp_path / "project", "--out", out], closed, repository
        ).returncode
        == 0
    )
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) >= 4
    assert heard(tmp_path) == []
    begun = (tmp_path / "heard.txt.begun").read_text().splitlines()
    assert any("worker" in line for line in begun), "the worker process was listened to as well"


PRESSED = """
import sys
from spotid import about
from spotid.web import create_app
about.build = lambda: about.Build("core", "1", "", "", "https://github.com/owner/name")
from spotid.support import newer
newer.build = about.build
client = create_app().test_client()
for page in ("/", "/about", "/report", "/help/", "/api/report/preview", "/models", "/api/models"):
    assert client.get(page).status_code == 200, page
assert client.post("/api/selfcheck", json={}).json["checks"]
if "ask" in sys.argv:
    assert "can't be reached" in client.post("/api/newer", json={}).json["sentence"]
"""


def test_only_the_button_for_a_newer_version_asks_anybody(closed, tmp_path: Path, repository: Path) -> None:
    """All of help is there without the network; and the one question that there is would be heard."""
    done = run(["-c", PRESSED], closed, repository)
    assert done.returncode == 0, done.stderr[-2000:]
    assert heard(tmp_path) == []
    assert run(["-c", PRESSED, "ask"], closed, repository).returncode == 0
    assert [one for one in heard(tmp_path) if "api.github.com" not in str(one)] == []
    assert heard(tmp_path) != []


LIBRARIES = {
    "torch": "import torch; torch.zeros(2).sum()",
    "timm": "import timm; timm.create_model('resnet18', pretrained=False)",
    "kornia": "import kornia",
    "ultralytics": (
        "import ultralytics; quiet_ultralytics(); from ultralytics import settings, YOLO; import os, pathlib;"
        "assert settings['sync'] is False;"
        "assert list(pathlib.Path(os.environ['YOLO_CONFIG_DIR']).rglob('settings.json'));"
        "assert pathlib.Path(os.environ['YOLO_CONFIG_DIR']).is_relative_to(os.environ['SPOTID_HOME']);"
        "import numpy; picture = numpy.zeros((64, 64, 3), 'uint8');"
        "YOLO('yolov8n.yaml').predict(picture, imgsz=64, verbose=False, save=False)"
    ),
}


@pytest.mark.parametrize("library", LIBRARIES)
def test_no_library_reaches_for_anybody(closed, tmp_path: Path, repository: Path, library: str) -> None:
    look = f"import importlib.util as u, sys; sys.exit(u.find_spec('{library}') is None)"
    if subprocess.run([PYTHON, "-c", look], check=False).returncode:
        pytest.skip(f"{library} is not installed (it comes with requirements.txt)")
    begin = "from spotid.settings import quiet_environment, quiet_ultralytics; quiet_environment();"
    done = run(["-c", begin + LIBRARIES[library]], closed, repository, PYTHON)
    assert done.returncode == 0, done.stderr[-2000:]
    assert heard(tmp_path) == []


def test_every_entry_point_is_quiet_before_it_imports_anything(home: Path, monkeypatch) -> None:
    for name in (*QUIET, "YOLO_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    quiet_environment()
    assert os.environ["YOLO_OFFLINE"] == "True" and os.environ["HF_HUB_OFFLINE"] == "1"
    assert os.environ["YOLO_CONFIG_DIR"] == str(home / "ultralytics")
