"""Checkpoints of every kind of published part, made at random in their published layout, on the shelf of a test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from spotid.prepare.parts import Frame
from spotid.settings import settings
from spotid.weights import catalogue, shelf
from spotid.words import MediaState
from tests.match.matchers import made
from tests.prepare.yolo_files import network, written
from tests.weights.stock import shelve

TINY = """
[tiny-vit]
role = "embedder"
file = "tiny.safetensors"
about = "A very small network of timm, in the place of a large one."
url = "https://example.org/v1/tiny.safetensors"
licence = "Apache-2.0"
licence_page = "https://example.org"
travels = true
source = "https://example.org"
cite = "nobody"
part = "spotid.embed.encoders.timm_file:TimmFile"
needs = ["torch", "timm", "safetensors"]
[tiny-vit.recipe]
arch = "test_vit"
side = 160
"""


def detector(folder: Path) -> Path:
    """MegaDetector V6, the smallest: YOLOv10n with three classes."""
    return written(network("yolov10n.yaml"), folder / "MDV6-yolov10-c.pt")


def cutter(folder: Path) -> Path:
    """MobileSAM: a plain state of 439 keys."""
    import torch
    from ultralytics.models.sam.build import build_mobile_sam

    torch.manual_seed(8)
    torch.save(build_mobile_sam(checkpoint=None).state_dict(), folder / "mobile_sam.pt")
    return folder / "mobile_sam.pt"


def tiny(folder: Path) -> Path:
    """The encoder of the small test."""
    import timm
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(9)
    network = timm.create_model("test_vit", pretrained=False)
    save_file({key: value.contiguous() for key, value in network.state_dict().items()}, folder / "tiny.safetensors")
    return folder / "tiny.safetensors"


def put_on_shelf(monkeypatch: pytest.MonkeyPatch, files: Mapping[str, Path], cards: Path, scratch: Path) -> None:
    """``files`` lie on the shelf; the detector, whose scores mean nothing, is given a threshold that few boxes reach in
    the pictures of ``cards``, and people count as animals, so that all of them go on."""
    from spotid.prepare.detectors.yolo import Yolo

    shelve(monkeypatch, files, TINY)
    path = shelf.folder() / "list.toml"
    text = path.read_text(encoding="utf-8")
    text = _recipe(
        text, "mdv6-yolov10-c", 'side = 320\nthreshold = 0.05\nothers = "animal"\nclasses = { vehicle = "ignore" }'
    )
    text = _recipe(text, "sift-lightglue", "side = 512\npoints = 128")
    path.write_text(text, encoding="utf-8")
    assert catalogue.read(path)
    found = Yolo(shelf.model("mdv6-yolov10-c")).detect(seen(cards, scratch), [])
    least = min(boxes[0].score for boxes in found)  # every picture has one: two of one picture are never compared
    path.write_text(text.replace("threshold = 0.05", f"threshold = {least - 1e-4:.6f}"), encoding="utf-8")


def seen(cards: Path, scratch: Path) -> list[Frame]:
    """The pictures as a detector gets them."""
    from spotid.intake.collect import read_pending, scan_roots
    from spotid.intake.source import take
    from spotid.prepare.find import load_frame
    from spotid.progress import Silent
    from spotid.project.folder import create_project

    project = create_project(scratch)
    take(project, cards, "auto")
    scan_roots(project, Silent())
    read_pending(project, settings(), Silent())
    rows = project.store.all("SELECT *, '' AS station FROM media WHERE state = ?", MediaState.READ)
    found = [load_frame(project, row, settings()) for row in rows]
    project.close()
    return [one for one in found if one is not None]


def _recipe(text: str, name: str, recipe: str) -> str:
    """The list with another recipe of one model."""
    table = f"[{name}.recipe]"
    if table not in text:
        return f"{text}\n{table}\n{recipe}\n"
    return re.sub(rf"({re.escape(table)}\n)(?:(?!\[|#).*\n)*", rf"\g<1>{recipe}\n\n", text)


def matcher(folder: Path) -> Path:
    """LightGlue for SIFT's points, which says what is most alike."""
    return made.glue(folder / "sift_lightglue.pth", oriented=True)
