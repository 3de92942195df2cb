"""A project as a large survey leaves it, put in by hand: sightings, guessed flanks, look-alikes and small crops.

Nothing is computed, so that 100,000 sightings take a minute. Individuals have 1 to several hundred sightings, as in
surveys; look-alike lists hold the own individual's sightings first in most cases, and strangers behind them. With a
``burst``, every visit has so many frames, seconds apart, of one animal that shows one side.
"""

from __future__ import annotations

import io
import os
import random
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from spotid.boxes import WHOLE
from spotid.project import flanks, media, seals, sightings
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, create_project
from spotid.words import Flank, SightingState

STATIONS, LISTED, PICTURES, BATCH = 60, 15, 24, 5000
CROP, ORIGINAL = (1024, 683), (2048, 1536)


@dataclass
class Survey:
    """A made-up survey: who each sighting truly is (``truth``: sighting uid → number) and where the project lies."""

    folder: Path
    truth: dict[str, int] = field(default_factory=dict)
    side: dict[str, str] = field(default_factory=dict)


def make(folder: Path, count: int, seed: int = 1, *, pictures: bool = True, burst: int = 1) -> Survey:
    """Make a project with ``count`` sightings below ``folder``; the same ``seed`` gives the same survey."""
    rng = random.Random(seed)
    survey = Survey(folder / "survey")
    project = create_project(survey.folder)
    try:
        ids = _sightings(project, folder / "cards", count, burst)
        uids = [row["uid"] for row in project.store.all("SELECT uid FROM sighting ORDER BY id")]
        visits = -(-count // burst)
        numbers = [number for number in _individuals(rng, visits) for _ in range(burst)][:count]
        sides = [side for _ in range(visits) for side in (rng.choice(("left", "right")),) * burst][:count]
        survey.truth = dict(zip(uids, numbers, strict=True))
        survey.side = dict(zip(uids, sides, strict=True))
        _guess_sides(project, rng, ids, sides)
        _lists(project, rng, ids, numbers, sides, burst)
        if pictures:
            _pictures(project, folder / "cards", uids)
    finally:
        project.close()
    return survey


def _individuals(rng: random.Random, count: int) -> list[int]:
    """The true individual of each sighting: a few are seen hundreds of times, many once or twice."""
    numbers: list[int] = []
    number = 0
    while len(numbers) < count:
        number += 1
        seen = min(count // 8 + 1, 1 + int(rng.paretovariate(0.9) * 6), 400)
        numbers += [number] * min(seen, count - len(numbers))
    rng.shuffle(numbers)
    return numbers


def _sightings(project: Project, cards: Path, count: int, burst: int) -> list[int]:
    store = project.store
    cards.mkdir(parents=True)
    root = media.root_id(store, cards)
    for start in range(0, count, BATCH):
        found = [
            media.Found(f"ST{number // burst % STATIONS:02d}/IMG_{number:06d}.JPG", 500_000 + number, 0)
            for number in range(start, min(count, start + BATCH))
        ]
        media.add_found(store, root, found)
    rows = store.all("SELECT id, relpath FROM media ORDER BY id")
    facts = []
    for place, row in enumerate(rows):
        number, second = divmod(place, burst)
        day = f"2026-{1 + number // 2800 % 12:02d}-{1 + number // 100 % 28:02d}"
        taken = f"{day}T{number % 24:02d}:{number % 60:02d}:{second:02d}"
        station = row["relpath"].split("/")[0]
        size = (*ORIGINAL, taken, "exif", station, "", None, None, None)
        facts.append(media.Facts(row["id"], "0" * 64, *size))
    media.keep_facts(store, facts)
    media.number_visits(store, 30)
    whole = [sightings.NewSighting(WHOLE, 0.9, "by hand")]
    sightings.keep_detections(store, [(row["id"], whole) for row in rows], "made up")
    with store.write() as connection:
        connection.execute("UPDATE sighting SET state = ?, recipe = 'made'", (SightingState.CROPPED,))
    return [row["id"] for row in store.all("SELECT id FROM sighting ORDER BY id")]


def _guess_sides(project: Project, rng: random.Random, ids: list[int], sides: list[str]) -> None:
    """A network's guess for every sighting; two thirds of the guesses are sure enough to count."""
    guesses = [(one, Flank(side), rng.choice((0.7, 0.93, 0.97)), 0.0) for one, side in zip(ids, sides, strict=True)]
    flanks.keep_guesses(project.store, "made up", guesses)


def _lists(
    project: Project, rng: random.Random, ids: list[int], numbers: list[int], sides: list[str], burst: int
) -> None:
    """``LISTED`` look-alikes of every sighting: of its own individual first where there are any, then strangers."""
    of: dict[tuple[int, str], list[int]] = {}
    for place, (number, side) in enumerate(zip(numbers, sides, strict=True)):
        of.setdefault((number, side), []).append(place)
    Candidates(project.layout).close()
    connection = sqlite3.connect(project.layout.candidates, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for place, number in enumerate(numbers):
        own = of[number, sides[place]]
        listed = rng.sample(own, min(len(own), 4 if rng.random() < 0.8 else 1))
        listed += [rng.randrange(len(ids)) for _ in range(LISTED - len(listed))]
        rows = {}
        for other in listed:
            same = numbers[other] == number
            score = round(min(0.999, max(0.0, rng.gauss(0.7 if same else 0.25, 0.15))), 4)
            if other != place:
                visit = int(place // burst == other // burst)
                rows[other] = (ids[place], ids[other], 0.5, visit, score, score, int(score * 40))
        connection.executemany(
            "INSERT INTO candidate (anchor, candidate, likeness, same_visit, score, local, spots)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows.values(),
        )
    connection.executemany("INSERT INTO ranked VALUES (?)", [(one,) for one in ids])
    connection.execute("COMMIT")
    connection.close()


def _pictures(project: Project, cards: Path, uids: list[str]) -> None:
    """Real JPEGs and cut-outs behind every sighting: ``PICTURES`` different ones, the rest are links to them."""
    patterns = project.path / "patterns"
    patterns.mkdir()
    for number in range(PICTURES):
        rng = np.random.default_rng(number)
        coarse = rng.integers(0, 256, (CROP[1] // 8, CROP[0] // 8, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize(CROP, Image.Resampling.BICUBIC)
        for name, content in (("crop", picture), ("original", picture.resize(ORIGINAL))):
            buffer = io.BytesIO()
            content.save(buffer, "JPEG", quality=82)
            (patterns / f"{name}{number}.jpg").write_bytes(buffer.getvalue())
        buffer = io.BytesIO()
        picture.convert("1").save(patterns / f"edges{number}.png")
        picture.putalpha(Image.radial_gradient("L").resize(CROP).point(lambda value: 255 if value < 150 else 0))
        picture.save(buffer, "WEBP", quality=60, method=0)
        (patterns / f"cutout{number}.webp").write_bytes(buffer.getvalue())
    names = ("crop{}.jpg", "cutout{}.webp", "crop{}.jpg", "edges{}.png")  # as a seal covers them
    sealed = [seals.of(*((patterns / name.format(n)).read_bytes() for name in names)) for n in range(PICTURES)]
    small = [seals.of((patterns / f"crop{n}.jpg").read_bytes()) for n in range(PICTURES)]
    with project.store.write() as connection:
        marks = [(sealed[place % PICTURES], small[place % PICTURES], uid) for place, uid in enumerate(uids)]
        connection.executemany("UPDATE sighting SET seal = ?1 WHERE uid = ?3", marks)
        connection.executemany(
            "UPDATE media SET small_seal = ?2 WHERE id = (SELECT media_id FROM sighting WHERE uid = ?3)", marks
        )
    paths = project.store.all("SELECT uid, relpath FROM media ORDER BY id")
    for place, (uid, row) in enumerate(zip(uids, paths, strict=True)):
        for name, target in (
            (f"crop{place % PICTURES}.jpg", project.layout.crop(uid, "made")),
            (f"cutout{place % PICTURES}.webp", project.layout.cutout(uid, "made")),
            (f"crop{place % PICTURES}.jpg", project.layout.pattern(uid, "made")),
            (f"edges{place % PICTURES}.png", project.layout.edges(uid, "made")),
            (f"crop{place % PICTURES}.jpg", project.layout.small(row["uid"])),
            (f"original{place % PICTURES}.jpg", cards / row["relpath"]),
        ):
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(patterns / name, target)
