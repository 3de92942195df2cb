"""What every test gets: a home of its own, no network beyond this computer, repeatable random examples; and on request
small photographs and a project that is stocked without any computing."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from spotid.boxes import WHOLE, Box
from spotid.firstrun.checks import find_browser
from spotid.places import HOME_VARIABLE
from spotid.project import media, sightings
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, create_project
from spotid.settings import quiet_environment, quiet_ultralytics
from spotid.words import SightingState

quiet_environment()
# Two tests at a time on two cores are faster than one that fights itself for both.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# With each window Chromium loads two pages of its own for what is typed into the address bar, which no test does:
# without them tests/end_to_end/test_review.py costs 21 s of processor time instead of 38. The others are among those
# that Playwright turns off: the list that comes last counts alone.
NOT_NEEDED = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,AimEnabled,LensOverlay,MediaRouter,PaintHolding,"
    "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,OptimizationHints,NetworkTimeServiceQuerying,PreconnectToSearch,"
    "ThirdPartyStoragePartitioning,AvoidUnnecessaryBeforeUnloadCheckSync"
)
BROWSER_OPTIONS = ["--no-sandbox", f"--disable-features={NOT_NEEDED}"]

hypothesis_settings.register_profile("steady", deadline=None, derandomize=True, database=None, max_examples=50)
hypothesis_settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the program's notes about the user out of the real home, from before the first import on."""
    home = tempfile.mkdtemp(prefix="spotid-tests-")
    os.environ[HOME_VARIABLE] = home
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


LONG = ("whole_line", "faults", "jobs", "saboteurs", "end_to_end")  # folders


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what this computer can't run; in continuous integration a missing browser is a failure instead."""
    browser = bool(find_browser()) or bool(os.environ.get("CI"))
    # Few but long tests first: at the end, one of two processes would wait for the other.
    items.sort(key=lambda item: item.path.parent.name not in LONG)
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(900))  # networks of the real size, on a busy computer
        if item.get_closest_marker("browser") and not browser:
            item.add_marker(pytest.mark.skip(reason="no Chromium or Chrome on this computer"))
        if item.get_closest_marker("data") and not os.environ.get("SPOTID_TEST_DATA"):
            item.add_marker(pytest.mark.skip(reason="SPOTID_TEST_DATA names no folder of photographs"))


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium or Chrome that tests marked ``browser`` drive."""
    found = find_browser()
    assert found, "Tests marked “browser” need Chromium or Chrome; none was found."
    return found


@pytest.fixture(autouse=True)
def own_pillow() -> Iterator[None]:
    """Tests that import ultralytics by themselves leave Pillow as it was."""
    yield
    quiet_ultralytics()


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Fail every connection that leaves this computer: the program must do its whole work without one."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        inside = not isinstance(address, tuple) or str(address[0]).startswith(("127.", "::1", "localhost"))
        if not inside:
            raise AssertionError(f"A test tried to reach {address[0]}.")
        real(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", connect)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has its own user folder, so that none sees the projects of another."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv(HOME_VARIABLE, str(folder))
    return folder


@pytest.fixture(scope="session")
def own_mounts(tmp_path_factory: pytest.TempPathFactory) -> bool:
    """Whether this computer lets a test mount disks in a space of its own; tried with the mounts that tests make."""
    place = tmp_path_factory.mktemp("mount")
    tried = f'mount -t tmpfs none "{place}" && mount --bind "{place}" "{place}" && mount -o remount,ro,bind "{place}"'
    try:
        done = subprocess.run(["unshare", "-rm", "sh", "-c", tried], capture_output=True, check=False, timeout=60)
    except OSError:
        return False
    return done.returncode == 0


@pytest.fixture
def repository() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Makes a small JPEG: its colour, size and EXIF tags."""

    def make(
        colour: tuple[int, int, int] = (90, 120, 60),
        size: tuple[int, int] = (64, 48),
        taken: str | None = None,
        orientation: int | None = None,
        serial: str | None = None,
        kind: str = "JPEG",
    ) -> bytes:
        exif = Image.Exif()
        if orientation:
            exif[0x0112] = orientation
        detail = exif.get_ifd(0x8769)
        if taken:
            detail[0x9003] = taken
        if serial:
            detail[0xA431] = serial
        buffer = io.BytesIO()
        Image.new("RGB", size, colour).save(buffer, kind, exif=exif)
        return buffer.getvalue()

    return make


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project."""
    made = create_project(tmp_path / "Survey é 2026")
    yield made
    made.close()


class Stock:
    """A project whose sightings and look-alikes were put in by hand: ``uids[i]`` is the sighting of photograph i."""

    def __init__(self, project: Project, photographs: Path) -> None:
        self.project, self.photographs = project, photographs
        self.uids: list[str] = []
        self.ids: list[int] = []
        self.root = media.root_id(project.store, photographs)

    def add(self, relpath: str, content: bytes, boxes: tuple[Box, ...] = (WHOLE,), taken: str | None = None) -> None:
        """Add a photograph with its boxes."""
        path = self.photographs / relpath
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        about = path.stat()
        media.add_found(self.project.store, self.root, [media.Found(relpath, about.st_size, about.st_mtime_ns)])
        row = self.project.store.one("SELECT id FROM media WHERE relpath = ?", relpath)
        assert row is not None
        station = relpath.split("/")[0] if "/" in relpath else None
        fact = media.Facts(row["id"], "0" * 64, 64, 48, taken, "exif", station, "", None, None, None)
        media.keep_facts(self.project.store, [fact])
        new = [sightings.NewSighting(box, 0.9, "by hand") for box in boxes]
        sightings.keep_detections(self.project.store, [(row["id"], new)], "test")
        for sighting in self.project.store.all("SELECT id, uid FROM sighting WHERE media_id = ?", row["id"]):
            self.ids.append(sighting["id"])
            self.uids.append(sighting["uid"])
        with self.project.store.write() as connection:
            connection.execute("UPDATE sighting SET state = ?, recipe = 'test'", (SightingState.EMBEDDED,))

    def list_all(self, likeness: Callable[[int, int], float] = lambda a, b: 1.0 / (1 + abs(a - b))) -> None:
        """Give every sighting all others as look-alikes; ``likeness`` takes places in ``uids``."""
        candidates = Candidates(self.project.layout)
        candidates.begin(str(uuid.uuid4()))
        everyone = range(len(self.ids))
        candidates.keep_lists(
            (self.ids[a], [(self.ids[b], likeness(a, b), likeness(a, b), False) for b in everyone if b != a])
            for a in everyone
        )
        for a in everyone:
            candidates.keep_checked("test", self.ids[a], [], [])
        candidates.close()


@pytest.fixture
def stock(project: Project, tmp_path: Path, picture: Callable[..., bytes]) -> Stock:
    """Six photographs with one animal each at two stations, every one listed with all others."""
    stocked = Stock(project, tmp_path / "cards")
    for number in range(6):
        station = "North" if number < 3 else "South"
        name = f"{station}/100MEDIA/IMG_{number % 3:04d}.JPG"
        stocked.add(name, picture((40 * number, 90, 60)), taken=f"2026-03-0{number + 1}T06:00:00")
    stocked.list_all()
    return stocked


@pytest.fixture(scope="session")
def browser(browser_path: str) -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=browser_path, args=BROWSER_OPTIONS)
        yield started
        started.close()
