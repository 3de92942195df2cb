"""Detectors of the ultralytics library: MegaDetector V6 and v1000, DeepFaune's, and those that people train."""

from __future__ import annotations

import hashlib
import importlib.metadata
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.boxes import Box
from spotid.errors import ModelFileError, SpotIDError
from spotid.nets.device import Device, device
from spotid.prepare.detectors.kinds import IGNORE, Kind, kinds
from spotid.prepare.parts import ANIMAL, Detection, Frame
from spotid.prepare.room import card_full, check_room, without_room
from spotid.settings import quiet_environment, quiet_ultralytics
from spotid.weights import shelf
from spotid.weights.troubles import CatalogueError

if TYPE_CHECKING:
    import numpy as np

    from spotid.weights.shelf import Model

RECIPE = "yolo 1"
THRESHOLD = 0.25
OVERLAP = 0.6  # intersection over union above which two boxes, of whichever classes, are one animal
SAME_CLASS = 0.7  # the same among boxes of one class, as the library does it before
MOST_BOXES = 40  # of one frame, as many as a person may draw
SMALLEST_SIDE = 0.002  # of the frame: thinner boxes hold nothing
STRIDE = 32
SIDES = (160, 2560)
PATIENCE = 2.0  # seconds: the library drops the boxes of the later pictures when suppressing overlaps takes longer
PIXELS_AT_ONCE = 16 * 640 * 640  # on a graphics card; on the processor one picture at a time is as fast
KNOWN = {"side", "threshold", "classes", "others", "species", "overlap", "memory_mb"}  # of a recipe
HOW = "detector"
AGAIN = "Fetch the file again, or choose another detector."


class Yolo:
    """One network over single frames: boxes of animals, people and vehicles above the threshold of its recipe.

    The recipe's keys: ``side`` (pixels; without it the side that the network was trained with), ``threshold``,
    ``classes``, ``others`` and ``species`` (see ``kinds``), ``overlap``, ``memory_mb``. The heads of YOLOv10 and later
    that need no suppression of overlapping boxes are used as they were published (``nms=False``): the library's own
    choice, the other head, gives other scores.
    """

    needs_context = False

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self.side = 0
        self._model = model
        if extra := sorted(set(model.recipe) - KNOWN):
            raise CatalogueError(
                f"“{model.name}”: its recipe has unknown {', '.join(extra)}.", f"Known are: {', '.join(sorted(KNOWN))}."
            )
        self._threshold = _between(model, "threshold", THRESHOLD, 0.0, 1.0)
        self._overlap = _between(model, "overlap", OVERLAP, 0.0, 1.0)
        self._asked = ""
        self._wanted_side = round(_between(model, "side", 0, *SIDES)) if "side" in model.recipe else 0
        self._predictor: Any = None
        self._device: Device | None = None
        self._kinds: dict[int, Kind] = {}
        self._batch = 1

    def identity(self) -> str:
        """A short hash of the file's sum, the recipe and the library's version, which changes boxes and scores."""
        numbers = [THRESHOLD, OVERLAP, SAME_CLASS, MOST_BOXES, SMALLEST_SIDE]
        text = f"{RECIPE} {numbers} {shelf.sums(without_room(self._model))} ultralytics {_version()}{self._asked}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def keep_from(self, threshold: float) -> None:
        """Keep boxes from this score on, as a profile asks, instead of the recipe's; part of the identity."""
        self._threshold, self._asked = threshold, f" from {threshold:g}"

    @property
    def at_once(self) -> int:
        """Frames between two commits: on the processor a large network takes ten seconds for each."""
        return 8 if self.side > 640 else 24

    def load(self) -> None:
        """Compare the file with its sum, read it without running code of it, and try it on an empty picture.

        Raises MissingModelError, WrongSumError, ModelFileError, and JobError where there is too little memory.
        """
        if self._predictor is not None:
            return
        path = shelf.files(self._model)[self._model.weights[0].name]
        self._device = device()
        check_room(self._model, self._device)
        try:
            self._open(path, self._device)
        except (SpotIDError, MemoryError):
            raise
        except Exception as error:  # the library and the pickles of ten of its versions raise almost anything
            raise _unusable(self._model.name, path, error) from error

    def _open(self, path: Path, where: Device) -> None:
        import numpy as np

        if path.suffix != ".pt":  # the library takes others for exported networks, and runs the programs in them
            raise ModelFileError(
                f"“{path.name}” is no file of the kind that ultralytics trains (.pt).",
                "Use the .pt file that it was exported from.",
            )
        yolo = _read(path)
        yolo.ckpt = {}  # holds the weights once more
        if yolo.task not in ("detect", "segment"):
            raise ModelFileError(
                f"“{path.name}” is a network for “{yolo.task}”, not one that draws boxes.", "Choose a detector."
            )
        self._kinds = kinds(yolo.names, self._model.recipe, self.name)
        trained = yolo.overrides.get("imgsz")
        side = self._wanted_side or (trained if isinstance(trained, int) and SIDES[0] <= trained <= SIDES[1] else 640)
        self.side = -(-side // STRIDE) * STRIDE
        self._batch = 1 if where.kind == "cpu" else max(1, PIXELS_AT_ONCE // self.side**2)
        found = yolo.predict([np.full((STRIDE, STRIDE, 3), 114, np.uint8)], **self._options(yolo, where))
        self._predictor = yolo.predictor  # holds a copy of the network of its own
        if not np.isfinite(found[0].boxes.data.cpu().numpy()).all():
            raise ModelFileError(f"The network in “{path.name}” gives no numbers.", AGAIN)

    def _options(self, yolo: Any, where: Device) -> dict[str, Any]:
        import torch

        head = yolo.model.model[-1]
        return {
            "imgsz": self.side,
            "conf": min(self._threshold, 0.999),
            "iou": SAME_CLASS,
            "max_det": 300,
            "nms": False if getattr(head, "one2one_cv2", None) is not None else None,
            "classes": sorted(number for number, one in self._kinds.items() if one.kind != IGNORE),
            "device": torch.device(where.kind),
            "quantize": 16 if where.half and where.kind == "cuda" else None,
            **{"save": False, "verbose": False, "rect": True, "augment": False},
        }

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        """What is in each frame, best first; an empty list where nothing reaches the threshold.

        ``context`` is not looked at. Frames of one shape go through the network together: a frame's result does not
        depend on those beside it.
        """
        self.load()
        found: list[list[Detection]] = [[] for _ in frames]
        for places in _alike(frames, self._batch):
            pictures = [_bgr(frames[place].small) for place in places]
            for place, boxes in zip(places, self._predict(pictures), strict=True):
                shape = frames[place].small.shape
                found[place] = separate(list(self._told(boxes, shape[1], shape[0])), self._overlap)
        return found

    def _predict(self, pictures: list[np.ndarray]) -> list[np.ndarray]:
        """Rows ``left, top, right, bottom`` (pixels), score and class for each picture (BGR, all of one shape).

        Fewer together where the card's memory does not hold them (other programs use it, too), or where they take so
        long that the library may have given up on some of them without a word.
        """
        import torch

        began = time.monotonic()
        try:
            found = [result.boxes.data.float().cpu().numpy() for result in self._predictor(pictures)]
        except torch.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            if len(pictures) == 1:
                raise card_full(self.name) from error
        else:
            if len(pictures) == 1 or time.monotonic() - began < PATIENCE:
                return found
        self._batch = max(1, len(pictures) // 2)
        return [boxes for part in _parts(pictures, self._batch) for boxes in self._predict(part)]

    def _told(self, rows: np.ndarray, width: int, height: int) -> Iterator[Detection]:
        for left, top, right, bottom, score, number in rows.tolist():
            one = self._kinds[int(number)]
            box = Box(left / width, top / height, (right - left) / width, (bottom - top) / height).clipped()
            if score >= self._threshold and min(box.w, box.h) >= SMALLEST_SIDE:
                told = one.species if one.kind == ANIMAL else one.kind
                yield Detection(box, min(1.0, score), one.kind, how_told(told), None, one.species)


def how_told(told: str) -> str:
    """How a box was found, with what the detector told of it: "detector", "detector: person"."""
    return f"{HOW}: {told}" if told else HOW


def separate(found: list[Detection], overlap: float) -> list[Detection]:
    """Best first, without those that lie on a better one: a network may draw an animal twice, as two classes.

    Among equals an animal goes before a person: a wrong animal is seen in the review, a lost one nowhere.
    """
    kept: list[Detection] = []
    for one in sorted(found, key=_rank):
        if len(kept) < MOST_BOXES and all(one.box.iou(other.box) <= overlap for other in kept):
            kept.append(one)
    return kept


def _rank(one: Detection) -> tuple[float, ...]:
    return -one.score, one.label != ANIMAL, one.box.x, one.box.y, -one.box.w, -one.box.h


def _alike(frames: Sequence[Frame], most: int) -> Iterator[list[int]]:
    """Places of frames of one shape, up to ``most`` together."""
    shapes: dict[tuple[int, ...], list[int]] = {}
    for place, frame in enumerate(frames):
        shapes.setdefault(frame.small.shape, []).append(place)
    for places in shapes.values():
        yield from _parts(places, most)


def _parts(items: list[Any], most: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), most):
        yield items[start : start + most]


def _bgr(rgb: np.ndarray) -> np.ndarray:
    """The library takes arrays as OpenCV reads them."""
    import numpy as np

    return np.ascontiguousarray(rgb[..., ::-1])


def _read(path: Path) -> Any:
    """The network of a file, by the library's list of classes that may be in it: no code of the file runs."""
    quiet_environment()
    import ultralytics.utils
    from ultralytics import YOLO
    from ultralytics.nn import tasks

    quiet_ultralytics()
    # The library looks at the environment once, when it is first imported.
    ultralytics.utils.SAFE_LOAD = tasks.SAFE_LOAD = True
    import torchvision  # noqa: F401  # the library's way to drop overlapping boxes depends on whether this was imported

    return YOLO(str(path))


def _unusable(name: str, path: Path, error: Exception) -> ModelFileError:
    if any(one.startswith("models.") for one in _classes_in(path)):
        return ModelFileError(
            f"“{path.name}” is a network of the older library YOLOv5, which SpotID can't read.",
            "Choose MegaDetector V6, or sorrel or larch of MegaDetector v1000.",
        )
    told = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
    if "outside the supported" in told:
        return ModelFileError(
            f"“{path.name}” holds more than a detector of ultralytics, and reading it could run code; it was not read.",
            "Use the file as its makers published it, or as ultralytics wrote it at the end of a training.",
        )
    return ModelFileError(f"The file of “{name}” can't be used: {told}.", AGAIN)


def _classes_in(path: Path) -> list[str]:
    """Names of the classes that a file would make; none of them is made."""
    import torch

    try:
        return list(torch.serialization.get_unsafe_globals_in_checkpoint(path))
    except Exception:  # a damaged file
        return []


def _version() -> str:
    try:
        return importlib.metadata.version("ultralytics")
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _between(model: Model, word: str, usual: float, low: float, high: float) -> float:
    value: Any = model.recipe.get(word, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise CatalogueError(f"“{model.name}”: “{word}” must be a number from {low:g} to {high:g}.")
    return value
