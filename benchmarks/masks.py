"""The cut-out alone, on pictures whose outlines are known."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from PIL import Image
from report import Report

from spotid import profiles
from spotid.boxes import WHOLE
from spotid.prepare import registry


def measure_masks(folder: Path) -> Report:
    """Intersection over union of the profile's cut-out with the outlines of a folder.

    ``images/`` holds crops and ``masks/`` PNG pictures of the same names, white on the animal. The cutter gets no hint
    and takes the whole picture for the box, as in the line where nobody knows better.
    """
    cutter = registry.cutter(profiles.load_profile().cutout)
    cutter.load()
    overlaps, seconds = [], 0.0
    for path in sorted((folder / "images").iterdir()):
        outline = folder / "masks" / f"{path.stem}.png"
        if not outline.is_file():
            continue
        with Image.open(path) as picture:
            rgb = np.asarray(picture.convert("RGB"))
        with Image.open(outline) as picture:
            true = np.asarray(picture.convert("L").resize(rgb.shape[1::-1], Image.Resampling.NEAREST)) > 127
        began = time.process_time()
        found = cutter.cut(rgb, WHOLE, None).mask
        seconds += time.process_time() - began
        overlaps.append(np.logical_and(true, found).sum() / max(1, np.logical_or(true, found).sum()))
    report = Report(f"{folder.name}: outlines")
    if not overlaps:
        raise SystemExit(f"{folder} has no picture with an outline of the same name")
    report.put(f"cut-out {cutter.name}", pictures=len(overlaps), mask_IoU_median=np.median(overlaps))
    report.put(f"cut-out {cutter.name}", mask_IoU_mean=np.mean(overlaps), mask_IoU_worst=np.min(overlaps))
    report.put(f"cut-out {cutter.name}", CPU_seconds_per_picture=seconds / len(overlaps))
    return report
