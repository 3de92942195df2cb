#!/usr/bin/env python3
"""Feed the readers of foreign files what nobody would write, guided by which lines of the program it reaches.

    python3.11 -m venv /tmp/fuzzing
    /tmp/fuzzing/bin/pip install -r requirements-core.txt atheris==3.0.0
    nice -n 10 /tmp/fuzzing/bin/python benchmarks/fuzz.py picture stations boxes names archive workbook --seconds 300

atheris (Linux, Python 3.11) is no requirement of SpotID, so it gets an environment of its own. Nothing but the errors
that SpotID knows may come out of a reader, nothing may hang for 10 seconds, and no file may be written outside of its
own folder. What breaks this rule is kept as a file in the folder of ``--keep``, and is called a finding.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SCRATCH = Path(tempfile.gettempdir()) / f"spotid-fuzz-{os.getpid()}"
LONGEST = {"picture": 20_000, "archive": 20_000, "workbook": 20_000}


def picture() -> tuple[Callable[[bytes], None], list[bytes]]:
    """Opening, turning and decoding, and the camera's notes; as a JPEG and as a HEIC by its name."""
    import io
    import random

    from PIL import Image

    from spotid.intake import exif
    from spotid.picture import open_file, upright, upright_size

    def one(data: bytes) -> None:
        path = SCRATCH / ("x.heic" if data[4:8] == b"ftyp" else "x.jpg")
        path.write_bytes(data)
        with open_file(path) as opened:
            width, height = upright_size(opened)
            assert width > 0 and height > 0
            exif.camera_notes(opened)
            if width * height <= 4_000_000:  # decoding is the library's own work; size is judged before
                assert max(upright(opened, 64).size) <= 64

    seeds = []
    for kind, mode in (
        ("JPEG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("TIFF", "RGB"),
        ("WEBP", "RGB"),
        ("BMP", "L"),
    ):
        note = Image.Exif()
        note[0x0112], note[0x010F], note[0x0132] = 6, "RECONYX", "2021:03:04 18:05:59"
        note.get_ifd(0x8769).update({0x9003: "2021:03:04 18:05:59", 0xA431: "H600"})
        buffer = io.BytesIO()
        Image.new(mode, (24, 16)).save(buffer, kind, **({} if kind == "BMP" else {"exif": note}))
        seeds.append(buffer.getvalue())
    samples = sorted((ROOT / "sample_data").rglob("*.JPG"))
    for path in random.Random(1).sample(samples, min(6, len(samples))):
        with Image.open(path) as sample:
            sample.thumbnail((96, 96))
            buffer = io.BytesIO()
            sample.save(buffer, "JPEG", exif=sample.getexif())
            seeds.append(buffer.getvalue())
    return one, seeds


def stations() -> tuple[Callable[[bytes], None], list[bytes]]:
    """The table of stations."""
    from spotid.intake.station_table import read_stations

    def one(data: bytes) -> None:
        path = SCRATCH / "stations.csv"
        path.write_bytes(data)
        said: list[str] = []
        for row in read_stations(path, said.append):
            assert row.station
            assert row.latitude is None or abs(row.latitude) <= 90
            assert row.longitude is None or abs(row.longitude) <= 180
        assert len(said) <= 6

    sample = (ROOT / "sample_data" / "stations.csv").read_bytes()
    german = "station;latitude;longitude;start\r\nÄ1;-2,5;37,1;2026-01-02\r\n"
    return one, [sample, german.encode("utf-16"), german.encode("cp1252"), sample.replace(b",", b"\t")]


def boxes() -> tuple[Callable[[bytes], None], list[bytes]]:
    """The table of boxes, as lines and brought into a project."""
    import shutil

    from spotid.project import frame_table, media
    from spotid.project.folder import create_project

    shutil.rmtree(SCRATCH / "project", ignore_errors=True)
    project = create_project(SCRATCH / "project")
    root = media.root_id(project.store, SCRATCH)
    media.add_found(project.store, root, [media.Found(name, 1, 1) for name in ("a.jpg", "S/b.jpg")])
    with project.store.write() as connection:
        connection.execute("UPDATE media SET state = 'no_animal'")

    def one(data: bytes) -> None:
        path = SCRATCH / "boxes.csv"
        path.write_bytes(data)
        done = frame_table.bring_in(project, path, sure=True)
        assert done.frames <= 2 and all(done.bad)

    table = "path,x,y,w,h\na.jpg,0.1,0.2,0.3,0.4\na.jpg,0.5,0.2,0.3,0.4\nS/b.jpg,,,,\n"
    european = table.replace(",", ";").replace(".", ",")
    return one, [table.encode(), european.encode("utf-8-sig"), b'path,x,y,w,h\n"a.jpg,1,2\n']


def names() -> tuple[Callable[[bytes], None], list[bytes]]:
    """Stations, cameras and times in the names of files and folders."""
    from datetime import datetime

    from spotid.intake import clock
    from spotid.intake import stations as folders

    def one(data: bytes) -> None:
        name = data[1:].decode("utf-8", "surrogateescape")
        level = folders.LEVELS[data[0] % len(folders.LEVELS)] if data else "auto"
        place = folders.place(name, level, None, frozenset({"st01"}))
        assert bool(place.station) == bool(place.by), place
        told = clock.from_name(name)
        assert told is None or datetime.fromisoformat(told).year >= clock.EARLIEST_YEAR
        moment = clock.as_told(name)
        assert moment is None or clock.moment_of(clock.remark(moment)) == moment

    samples = ["ST01/100MEDIA/IMG_0001.JPG", "A/B__Camera1__2012-07-05__12-17-34(1).JPG", "2019-03-01_19-49-36.jpg"]
    samples += ["DCIM/20190301194936.jpg", "2021:03:04 18:05:59", "Station12__2012-07-05__12-17-34.JPG"]
    return one, [bytes([level]) + name.encode() for level in range(6) for name in samples]


def archive() -> tuple[Callable[[bytes], None], list[bytes]]:
    """Unpacking a ZIP: nothing outside of its folder, nothing beyond its bounds."""
    import io
    import shutil
    import zipfile

    from spotid.intake.archive import unpack
    from spotid.progress import Silent

    outside, inside = SCRATCH / "outside", SCRATCH / "outside" / "inside"
    inside.mkdir(parents=True, exist_ok=True)

    def one(data: bytes) -> None:
        packed, target = inside / "x.zip", inside / "photos"
        packed.write_bytes(data)
        try:
            done = unpack(packed, target, Silent(), most_bytes=1_000_000)
            assert sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) <= 1_000_000
            assert all(path.is_file() and not path.is_symlink() for path in done.files)
        finally:
            shutil.rmtree(target, ignore_errors=True)
            assert {path.name for path in outside.iterdir()} == {"inside"}
            assert {path.name for path in inside.iterdir()} == {"x.zip"}

    seeds = []
    for names_, method in ((["a.jpg", "b/c.JPG"], 8), (["../e.jpg", "/f.jpg", "C:\\g.jpg", "a.jpg", "A.jpg"], 0)):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as zipped:
            for name in names_:
                zipped.writestr(name, b"\xff\xd8" + b"0" * 300)
        seeds.append(buffer.getvalue())
    return one, seeds


def workbook() -> tuple[Callable[[bytes], None], list[bytes]]:
    """The table of stations as an Excel workbook: any bytes, or one changed part in a whole workbook."""
    import io
    import zipfile

    import openpyxl

    from spotid.intake.station_table import read_stations

    made = openpyxl.Workbook()
    made.active.append(["station", "latitude", "longitude", "start"])
    made.active.append(["ST01", -2.5, "37,1", "2026-01-02"])
    buffer = io.BytesIO()
    made.save(buffer)
    with zipfile.ZipFile(buffer) as zipped:
        parts = {name: zipped.read(name) for name in sorted(zipped.namelist())}
    changed = [name for name in parts if "sheet" in name or "shared" in name or "book" in name or "styles" in name]

    def one(data: bytes) -> None:
        path = SCRATCH / "stations.xlsx"
        place = data[0] if data else 0
        if place >= len(changed):
            path.write_bytes(data[1:])
        else:
            with zipfile.ZipFile(path, "w") as zipped:
                for name, content in parts.items():
                    zipped.writestr(name, data[1:] if name == changed[place] else content)
        for row in read_stations(path):
            assert row.station and (row.latitude is None or abs(row.latitude) <= 90)

    whole = [b"\xff" + buffer.getvalue()]
    return one, whole + [bytes([place]) + parts[name] for place, name in enumerate(changed)]


TARGETS = {"picture": picture, "stations": stations, "boxes": boxes, "names": names, "archive": archive}
TARGETS["workbook"] = workbook


def work(name: str, flags: list[str]) -> None:
    """The child: fuzz one target until libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["spotid", "PIL", "zipfile", "csv", "openpyxl"]):
        import csv  # noqa: F401
        import zipfile  # noqa: F401

        import PIL.ExifTags
        import PIL.Image
        import PIL.JpegImagePlugin
        import PIL.TiffImagePlugin  # noqa: F401

        SCRATCH.mkdir(exist_ok=True)
        one, seeds = TARGETS[name]()
    from spotid.errors import SpotIDError

    for number, seed in enumerate(seeds):
        (Path(flags[-1]) / f"seed{number}").write_bytes(seed)

    def asked(data: bytes) -> None:
        with contextlib.suppress(SpotIDError):
            one(data)

    atheris.Setup([sys.argv[0], *flags], asked)
    atheris.Fuzz()


def run(name: str, seconds: int, keep: Path) -> dict[str, Any]:
    """Fuzz one target for so long; what it did, in figures."""
    corpus = keep / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    flags = [f"-max_total_time={seconds}", "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2500"]
    flags += [f"-max_len={LONGEST.get(name, 2000)}", f"-artifact_prefix={keep / name}/finding-", str(corpus)]
    began = time.monotonic()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory, ignore_cleanup_errors=True) as scratch:
        done = subprocess.run(
            [sys.executable, __file__, "--child", name, *flags],
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=os.environ | {"TMPDIR": scratch, "SPOTID_HOME": scratch},
        )
    units = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    steps = re.findall(r"cov: (\d+) ft: (\d+)", done.stderr)
    (keep / name / "log.txt").write_text(done.stderr, encoding="utf-8")
    return {
        "target": name,
        "seconds": round(time.monotonic() - began),
        "executions": int(units.group(1)) if units else 0,
        "coverage at first": int(steps[0][0]) if steps else 0,
        "coverage": int(steps[-1][0]) if steps else 0,
        "inputs kept": len(list(corpus.iterdir())),
        "findings": [path.name for path in sorted((keep / name).glob("finding-*"))],
        "code": done.returncode,
    }


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        work(sys.argv[2], sys.argv[3:])
        return
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("targets", nargs="+", choices=sorted(TARGETS))
    ask.add_argument("--seconds", type=int, default=300, help="for each target")
    ask.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "spotid-fuzzing")
    chosen = ask.parse_args()
    found = 0
    for name in chosen.targets:
        figures = run(name, chosen.seconds, chosen.keep)
        found += len(figures["findings"])
        print(", ".join(f"{key} {value}" for key, value in figures.items()), flush=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
