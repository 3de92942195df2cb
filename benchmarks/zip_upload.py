"""A large ZIP through the page's own way: sent in pieces to the real program, looked at, imported and unpacked.

    python benchmarks/zip_upload.py --megabytes 2000

Prints the peak of memory of the server and of the worker that unpacks, each with what it was before, the pace, and what
is left of the ZIP afterwards. Linux only: the peaks are read from /proc.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from killable import Program
from PIL import Image

ONE = 4_000_000  # bytes of a photograph
PATIENCE = 600.0


def write(path: Path, megabytes: float) -> int:
    """A ZIP of about this size: stations with photographs of 4 MB, no two the same; gives how many there are."""
    picture = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(picture, "JPEG", quality=85)
    rng, count = random.Random(7), max(1, round(megabytes * 1e6 / ONE))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as zipped:
        for number in range(count):
            behind = rng.randbytes(ONE - picture.tell())  # a camera's own notes stand behind the picture like this
            zipped.writestr(f"Station {number % 20:02}/IMG_{number:05}.JPG", picture.getvalue() + behind)
    return count


def peak(pid: int) -> float:
    """The most memory that a process has held, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def send(program: Program, path: Path, project: Path) -> tuple[str, float]:
    """Send the ZIP as the page does; gives the upload's id, and the seconds that it took."""
    size = path.stat().st_size
    began = time.perf_counter()
    about = {"project_path": str(project), "name": path.name, "size": size, "kind": "zip"}
    told: dict[str, Any] = program.ask("/api/uploads/begin", about)
    with path.open("rb") as file:
        while not told["whole"]:
            file.seek(told["have"])
            address = f"{program.address}/api/uploads/{told['id']}/piece?at={told['have']}"
            headers = {"Content-Type": "application/octet-stream"}
            with program._opener.open(
                urllib.request.Request(address, file.read(told["piece"]), headers), timeout=60
            ) as reply:
                told = json.load(reply)
    return str(told["id"]), time.perf_counter() - began


def bytes_below(folder: Path) -> int:
    """How much lies below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def wait(condition: Any, seconds: float = PATIENCE) -> None:
    """Ask ten times a second until something is true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it does not come to an end")
        time.sleep(0.1)


def measure(work: Path, megabytes: float) -> dict[str, float]:
    """Everything, in megabytes and seconds."""
    archive, project = work / "Survey.zip", work / "Project"
    count = write(archive, megabytes)
    size = archive.stat().st_size
    program = Program(work / "home", work / "log")
    found: dict[str, float] = {"zip MB": size / 1e6, "photographs": count}
    try:
        program.greet()
        server = program.process.pid
        found["server before"] = peak(server)
        upload, seconds = send(program, archive, project)
        found["sent, seconds"], found["sent, MB a second"] = seconds, size / 1e6 / seconds
        found["server after sending"] = peak(server)
        found["on the disk after sending"] = bytes_below(project) / 1e6
        look = program.ask("/api/imports/look-at", {"project_path": str(project), "upload": upload})
        state: dict[str, Any] = {"state": "looking"}

        def ready() -> bool:
            state.update(program.ask(f"/api/imports/{look['id']}"))
            return state["state"] != "looking"

        wait(ready)
        while state["plan"]["asks"]:
            open_ones = [one for one in state["plan"]["questions"]["rows"] if one["asks"]]
            answers = {one["key"]: one["chosen"] or "seen" for one in open_ones}
            state = program.ask(f"/api/imports/{look['id']}/answer", {"answers": answers})
            wait(ready)
        found["server after looking"] = peak(server)
        program.ask(f"/api/imports/{look['id']}/take", {"mark": state["plan"]["mark"]}, PATIENCE)
        began = time.perf_counter()
        highest = 0.0

        def unpacked() -> bool:
            nonlocal highest
            worker = program.worker()
            if worker is not None:
                with contextlib.suppress(OSError):
                    highest = max(highest, peak(worker.pid))
            return (project / "originals" / "Survey").is_dir() or any(project.glob("*/Survey/Station 00"))

        wait(unpacked)
        found["unpacked, seconds"] = time.perf_counter() - began
        found["worker while unpacking"] = highest
        found["server at the end"] = peak(server)
        wait(lambda: not list(project.glob(".uploads/*/*")), 30)
        found["left of the ZIP"] = sum(bytes_below(one) for one in project.glob(".uploads"))
    finally:
        program.close()
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=2000)
    parser.add_argument("--work", type=Path, help="a folder on a disk with three times the room")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.work) as work:
        for name, value in measure(Path(work), chosen.megabytes).items():
            print(f"{name:28} {value:12,.1f}")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
