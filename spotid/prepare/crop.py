"""The stage *crop*: the crop, the cut-out and the pattern views of every sighting."""

from __future__ import annotations

import contextlib
import hashlib
import io
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.boxes import Box
from spotid.picture import open_file, upright
from spotid.prepare.parts import Cutter
from spotid.prepare.pattern import edge_view, pattern_view
from spotid.prepare.quality import quality
from spotid.progress import Progress
from spotid.project import aside, hand, media, seals, sightings
from spotid.project.folder import Project
from spotid.project.scope import Scope
from spotid.words import SightingState, Stage

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

CROP_QUALITY, CUTOUT_QUALITY, PATTERN_QUALITY = 92, 85, 85


def recipe_of(cutter: Cutter, padding: float, settings: dict[str, Any]) -> str:
    """A short name for how crops are made; part of every crop's file name, so that two recipes never mix."""
    text = f"{cutter.name} {cutter.identity()} {settings['crop_side']} {padding}"
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def crop_pending(
    project: Project,
    cutter: Cutter,
    padding: float,
    settings: dict[str, Any],
    progress: Progress,
    scope: Scope | None = None,
) -> None:
    """Crop every sighting that has no crop yet; each original is decoded once for all its animals.

    With a ``scope``, those in it alone.

    ``padding`` is the share of a box's width and height that is added on every side. Sightings of pictures that have
    changed since they were read, or whose folder is not there, wait for the next run.
    """
    cutter.load()
    recipe = recipe_of(cutter, padding, settings)
    roots = {root: folder for root, folder in media.roots(project.store).items() if aside.is_there(folder)}
    sightings.queue_uncropped(project.store, roots)
    progress.expect(sightings.count(project.store, SightingState.DETECTED, scope))
    judge, changed, after = aside.Judge(), set[int](), 0
    opened: tuple[int, Image.Image] | None = None
    while rows := sightings.to_crop(project.store, roots, settings["batch"], after):
        after = rows[-1]["id"]
        for row in rows:
            if scope is not None and row["id"] not in scope.ids:
                continue
            try:
                with hand.holding(project, Stage.CROP, [row["media_uid"]]):
                    if opened is None or opened[0] != row["media_id"]:
                        opened = None  # the one before makes room first
                        opened = (row["media_id"], _frame(project, row))
                    made = _crop_one(project, row, opened[1], cutter, recipe, padding, settings["crop_side"])
                sightings.keep_cropped(project.store, row["id"], recipe=recipe, **made)
                if row["recipe"] not in (None, recipe):
                    _throw_away(project, row["uid"], row["recipe"])
                judge.fine()
            except _Changed:
                changed.add(row["media_id"])
            except Exception as error:
                reason = judge.fault(error, roots[row["root_id"]])
                aside.put_sighting_aside(project.store, row["id"], row["media_id"], reason)
            progress.step()
    if changed:
        progress.step(0, f"{len(changed)} photographs changed while the run was going on. Run again to look at them.")


def _throw_away(project: Project, uid: str, recipe: str) -> None:
    """The views of an earlier recipe, which nothing asks for any more."""
    layout = project.layout
    for place in (layout.crop, layout.cutout, layout.pattern, layout.edges):
        with contextlib.suppress(OSError):
            place(uid, recipe).unlink(missing_ok=True)


class _Changed(Exception):
    """The file is not the one that was read and searched: its box may lie on nothing."""


def _frame(project: Project, row: sqlite3.Row) -> Image.Image:
    """The original, upright. Raises _Changed, PictureError, and what a damaged file makes a library raise."""
    path = media.source_path(project.store, row["media_id"])
    with open_file(path) as picture:
        frame = upright(picture)
    about = path.stat()
    if (about.st_size, about.st_mtime_ns) != (row["bytes"], row["modified_ns"]):
        raise _Changed
    return frame


def _crop_one(
    project: Project, row: sqlite3.Row, frame: Image.Image, cutter: Cutter, recipe: str, padding: float, side: int
) -> dict[str, Any]:
    """Write the views of one sighting; gives what the store keeps of them."""
    import numpy as np

    box = Box(row["x"], row["y"], row["w"], row["h"])
    edges = box.padded(padding).pixels(*frame.size)
    crop = frame.crop(edges)
    if max(crop.size) > side:
        crop.thumbnail((side, side))
    rgb = np.asarray(crop)
    left, top, right, bottom = box.pixels(*frame.size)
    wide, high = edges[2] - edges[0], edges[3] - edges[1]
    inner = Box((left - edges[0]) / wide, (top - edges[1]) / high, (right - left) / wide, (bottom - top) / high)
    uid, layout = row["uid"], project.layout
    shares = [edge / frame.size[place % 2] for place, edge in enumerate(edges)]
    outline = cutter.cut(rgb, inner.clipped(), _hint(layout.hint(uid), shares, crop.size))
    # All are made before the first is written: a fault in one leaves nothing behind.
    views = {
        layout.crop: _encoded(crop, "JPEG", quality=CROP_QUALITY),
        layout.cutout: _encoded(_with_alpha(rgb, outline.mask), "WEBP", quality=CUTOUT_QUALITY),
        layout.pattern: _grey(pattern_view(rgb, outline.mask), "JPEG", quality=PATTERN_QUALITY),
        layout.edges: _grey(edge_view(rgb, outline.mask), "PNG", optimize=True),
    }
    worth = quality(rgb, outline.mask, box)
    if not (np.isfinite(worth) and np.isfinite(outline.score)):
        raise ValueError("the quality of the crop is no number")
    for place, content in views.items():
        aside.keep_file(place(uid, recipe), content)
    by = f"{cutter.name} {cutter.identity()}: {outline.how}"
    seal = seals.of(*views.values())
    return {"cut_by": by, "cut_score": outline.score, "quality": worth, "seal": seal}


def _hint(path: Path, shares: list[float], size: tuple[int, int]) -> np.ndarray | None:
    """The detector's rough outline in the crop; ``shares`` are left, top, right and bottom of the crop in the frame."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG",)) as outline:
            left, top, right, bottom = (share * outline.size[place % 2] for place, share in enumerate(shares))
            part = outline.convert("L").resize(size, Image.Resampling.BILINEAR, box=(left, top, right, bottom))
    except Exception:  # Pillow raises almost anything on damaged files
        return None  # not every detector gives one, and the cache may have been emptied
    return np.asarray(part) > 127


def _with_alpha(rgb: np.ndarray, mask: np.ndarray) -> Image.Image:
    import numpy as np
    from PIL import Image

    alpha = (mask[..., None] * np.uint8(255)).astype(np.uint8)
    return Image.fromarray(np.concatenate([rgb, alpha], axis=2), "RGBA")


def _grey(view: np.ndarray, kind: str, **options: Any) -> bytes:
    from PIL import Image

    return _encoded(Image.fromarray(view), kind, **options)


def _encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
