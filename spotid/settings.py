"""Every setting of the program in one table: name, default, sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spotid.errors import BadRequestError
from spotid.places import user_path


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set, with the sentence that explains it."""

    name: str
    default: Any
    sentence: str
    choices: tuple[Any, ...] = ()  # without any, every value of the default's kind


SETTINGS = (
    Setting("port", 5000, "The first port that the page is tried on; the next free one is taken where it is in use."),
    Setting("small_side", 640, "Longest side in pixels of the small pictures that the search for animals uses."),
    Setting("crop_side", 1024, "Longest side in pixels of a stored crop."),
    Setting("visit_minutes", 30, "Photographs of one camera at most this many minutes apart belong to one visit."),
    Setting("nearest", 5, "How many look-alikes of each anchor are offered, best first."),
    Setting("neighbours", 100, "How many look-alikes of each sighting are kept."),
    Setting(
        "fusion",
        "calibrated",
        "How places and times count in the order of look-alikes, where stations have coordinates: calibrated (by how"
        " far animals of this survey roam), product (times the feasibility of the travel speed), or off.",
        ("calibrated", "product", "off"),
    ),
    Setting(
        "adapt",
        0,
        "1: look-alikes are searched for with descriptions that were adapted to this survey by places and times; 0:"
        " with the descriptions as they are.",
        (0, 1),
    ),
    Setting(
        "country",
        "",
        "Where the survey is, as three letters of ISO 3166 (KEN): classifiers of species leave out what does not live"
        " there. Empty: nowhere in particular.",
    ),
    Setting("batch", 32, "How many pictures are worked on between two commits."),
    Setting("low_disk_mb", 500, "A run waits for room while less than this is free on the project's disk."),
    Setting(
        "stuck_minutes",
        10.0,
        "A run that has not moved for so long, and half a minute for each further file in hand, is"
        " taken for stuck and started again.",
    ),
    Setting("unpack_mb", 200_000, "A ZIP of photographs is unpacked to no more megabytes than this."),
    Setting("max_pixels", 200_000_000, "Pictures with more pixels than this are not opened."),
)

DEFAULTS: dict[str, Any] = {setting.name: setting.default for setting in SETTINGS}
CHOICES = {setting.name: setting.choices for setting in SETTINGS}

# No part that SpotID uses may reach the network, install packages or report usage on its own. These must stand in the
# environment before such a library is imported, so every entry point calls quiet_environment() first.
QUIET = {
    "YOLO_AUTOINSTALL": "False",
    "YOLO_OFFLINE": "True",
    "YOLO_VERBOSE": "False",
    "ULTRALYTICS_SAFE_LOAD": "1",  # no code of a weight file runs: only known classes are made of it
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "OPENPYXL_LXML": "False",  # defusedxml guards Python's own XML reader; lxml would be used where somebody has it
    "OPENPYXL_DEFUSEDXML": "True",
    "NO_ALBUMENTATIONS_UPDATE": "1",
    "PROJ_NETWORK": "OFF",  # pyproj would fetch grids for small shifts between datums
}


def settings(chosen: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The defaults with ``chosen`` laid over them.

    Raises BadRequestError for a name that does not exist or a value of the wrong kind.
    """
    merged = dict(DEFAULTS)
    for name, value in (chosen or {}).items():
        if name not in merged:
            raise BadRequestError(f"There is no setting called “{name}”.", f"Known are: {', '.join(sorted(merged))}.")
        kind = type(merged[name])
        try:
            merged[name] = kind(value)
        except (TypeError, ValueError):
            raise BadRequestError(f"“{value}” can't be used for {name}.", "Give a number.") from None
        if CHOICES[name] and merged[name] not in CHOICES[name]:
            told = ", ".join(map(str, CHOICES[name]))
            raise BadRequestError(f"“{value}” can't be used for {name}.", f"Choose one of: {told}.")
    return merged


def quiet_environment() -> None:
    """Tell libraries, before they are imported, to stay off the network and keep their notes in the user's folder."""
    os.environ.update(QUIET)
    os.environ["YOLO_CONFIG_DIR"] = str(user_path() / "ultralytics")


def quiet_ultralytics() -> None:
    """Turn its reports off in its own settings too; to be called once it is imported, by whoever imports it.

    It also puts an ``open`` of its own into Pillow, which looks for further packages whenever a file is no picture and
    fails where they are not installed: Pillow gets its own back, or every damaged photograph would be told otherwise.
    """
    ultralytics = sys.modules.get("ultralytics")
    if ultralytics is None:
        return
    if ultralytics.settings.get("sync"):
        ultralytics.settings.update({"sync": False})
    patches: Any = sys.modules.get("ultralytics.utils.patches")
    pillow: Any = sys.modules.get("PIL.Image")
    if patches is not None and pillow is not None and pillow.open is getattr(patches, "image_open", None):
        pillow.open = patches._image_open
