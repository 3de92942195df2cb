"""Photographs for the pages about places and times: small pictures by daylight or infrared, with the times that a
camera's clock gave them, right or wrong."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

from spotid.project import clocks, media
from spotid.project.folder import Project

SIZE = (120, 80)
KINDS = 16  # scenes of each light
FIRST = datetime(2026, 3, 1)
DAY_HOURS = (7, 8, 9, 11, 14, 15, 16, 17)  # hours at which the animals of these surveys pass
NIGHT_HOURS = (0, 1, 2, 3, 4, 20, 21, 22, 23)
NAIROBI = (-1.29, 36.82)


def scene(light: str, seed: int) -> Image.Image:
    """A place with a path, by ``light``: "daylight", "infrared" or "flash"."""
    dice = random.Random(seed)
    day = light == "daylight"
    picture = Image.new("RGB", SIZE, (150, 190, 225) if day else (12, 13, 16))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 30, *SIZE), fill=(150, 140, 80) if day else (95, 95, 95))
    pen.polygon([(50, 30), (66, 30), (104, 80), (16, 80)], fill=(190, 165, 120) if day else (140, 140, 140))
    for _ in range(14):
        x, y, r = dice.randrange(120), dice.randrange(14, 46), dice.randrange(5, 15)
        colour = (60 + dice.randrange(40), 110 + dice.randrange(40), 45) if day else (dice.randrange(25, 110),) * 3
        pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    x = dice.randrange(25, 80)
    pen.ellipse((x, 52, x + 30, 66), fill=(205, 205, 205) if light == "infrared" else (195, 150, 80))
    if light == "flash":
        pen.rectangle((0, 30, *SIZE), fill=(30, 26, 14))
        pen.ellipse((20, 40, 100, 90), fill=(140, 120, 40))
        pen.ellipse((x, 52, x + 30, 66), fill=(215, 150, 70))
    picture = picture.filter(ImageFilter.GaussianBlur(0.6))
    return picture if light != "infrared" else picture.convert("L").convert("RGB")


def passing(days: int = 20, first: datetime = FIRST, each: int = 3) -> list[tuple[datetime, str]]:
    """Moments of animals passing, and the light then: true times."""
    dice = random.Random(5)
    found = []
    for day in range(days):
        for hour in dice.sample(DAY_HOURS + NIGHT_HOURS, each):
            light = "daylight" if hour in DAY_HOURS else "infrared"
            found.append((first + timedelta(days=day, hours=hour, minutes=dice.randrange(60)), light))
    return sorted(found)


def shot(
    project: Project,
    station: str | None,
    camera: str,
    shots: Iterable[tuple[datetime, str]],
    wrong: timedelta = timedelta(),
) -> list[str]:
    """Put photographs of one camera into a project, as if they were read; ``wrong`` is what its clock was ahead by.

    Gives their uids. ``clocks.settle`` is left to the caller (see ``settled``).
    """
    folder = "/".join(part for part in (station or "loose", camera) if part)
    root = media.root_id(project.store, project.path / "originals")
    each = list(shots)
    names = [f"{folder}/IMG_{number:04d}.JPG" for number in range(len(each))]
    media.add_found(project.store, root, [media.Found(name, 1000 + at, 1) for at, name in enumerate(names)])
    uids = {row["relpath"]: row["uid"] for row in project.store.all("SELECT relpath, uid FROM media")}
    with project.store.write() as connection:
        station_id = media.station_id(connection, station) if station else None
        connection.executemany(
            "UPDATE media SET clock_at = ?1, captured_at = ?1, time_source = 'exif', station_id = ?2, station_by = ?3,"
            " camera = ?4, width = 120, height = 80, sha256 = 'x', state = 'no_animal' WHERE relpath = ?5",
            [
                ((moment + wrong).isoformat(), station_id, "folder" if station else "", camera, name)
                for name, (moment, _) in zip(names, each, strict=True)
            ],
        )
    for number, (name, (_, light)) in enumerate(zip(names, each, strict=True)):
        small = project.layout.small(uids[name])
        small.parent.mkdir(parents=True, exist_ok=True)
        small.write_bytes(photograph(light, number % KINDS))
    return [uids[name] for name in names]


@cache
def photograph(light: str, seed: int) -> bytes:
    """A scene as a small JPEG."""
    buffer = io.BytesIO()
    scene(light, seed).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def put(project: Project, station: str, place: Sequence[float]) -> None:
    """Give a station its place."""
    with project.store.write() as connection:
        connection.execute("UPDATE station SET latitude = ?, longitude = ? WHERE name = ?", (*place, station))


def survey(project: Project) -> None:
    """Four cameras at three stations of Nairobi: one 12 hours off, one in the wrong year, one that began anew; and some
    photographs without a station."""
    shot(project, "River bend", "A", passing())
    shot(project, "River bend", "B", passing(), timedelta(hours=-12))
    shot(project, "Saddle", "A", passing(12), timedelta(days=-3653))
    shot(project, "Waterhole", "A", passing(16), datetime(2000, 1, 1) - FIRST)
    shot(project, None, "", passing(2))
    for number, name in enumerate(("River bend", "Saddle", "Waterhole")):
        put(project, name, (NAIROBI[0] + 0.03 * number, NAIROBI[1] + 0.02 * (number % 2)))
    settled(project)


def settled(project: Project) -> None:
    """Everything derived from times and stations, as after a run."""
    clocks.settle(project.store, 30.0)
