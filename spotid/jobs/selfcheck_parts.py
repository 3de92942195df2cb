"""What the self-check tries in a child process: each library does the smallest thing that it is there for.

Libraries are loaded by name: only the child may load them, and a core bundle does not have the large ones.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def _numpy() -> str:
    numpy = import_module("numpy")
    assert float((numpy.eye(3, dtype="float32") @ numpy.ones(3, "float32")).sum()) == 3.0
    return str(numpy.__version__)


def _pillow() -> str:
    import io

    image = import_module("PIL.Image")
    buffer = io.BytesIO()
    image.new("RGB", (32, 24), (90, 120, 60)).save(buffer, "JPEG")
    buffer.seek(0)
    with image.open(buffer) as read:
        read.load()
        assert read.size == (32, 24)
    return str(import_module("PIL").__version__)


def _heif() -> str:
    heif = import_module("pillow_heif")
    heif.register_heif_opener()
    return str(heif.__version__)


def _opencv() -> str:
    cv2, numpy = import_module("cv2"), import_module("numpy")
    grey = numpy.zeros((96, 96), "uint8")
    cv2.circle(grey, (48, 48), 20, 255, -1)
    cv2.SIFT_create().detectAndCompute(grey, None)
    return str(cv2.__version__)


def _faiss() -> str:
    faiss, numpy = import_module("faiss"), import_module("numpy")
    index = faiss.IndexFlatIP(4)
    index.add(numpy.eye(4, dtype="float32"))
    _, found = index.search(numpy.eye(4, dtype="float32")[:1], 1)
    assert int(found[0][0]) == 0
    return str(faiss.__version__)


def _av() -> str:
    """A small clip is read with all that reading clips takes."""
    import tempfile
    from pathlib import Path

    from spotid.intake import film
    from spotid.jobs.selfcheck_clip import CLIP

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        path.write_bytes(CLIP)
        found = [frame.ms for frame in film.frames(path, distinct=False)]
    assert found == [0, 500, 1000, 1500], f"moments {found}"
    return str(import_module("av").__version__)


def _pyproj() -> str:
    """A coordinate of a grid (UTM, zone 35 south) becomes latitude and longitude; nothing is fetched for it."""
    pyproj = import_module("pyproj")
    change = pyproj.Transformer.from_crs("EPSG:32735", "EPSG:4326", always_xy=True)
    longitude, latitude = change.transform(500_000.0, 8_550_000.0)
    assert abs(longitude - 27.0) < 1e-6 and -13.2 < latitude < -13.0, f"{longitude}, {latitude}"
    return str(pyproj.__version__)


def _line() -> str:
    """A tiny picture goes through cut-out and embedding with the parts of the built-in profile."""
    import numpy as np

    from spotid import profiles
    from spotid.boxes import Box
    from spotid.embed.parts import Crop
    from spotid.embed.registry import encoder as encoders
    from spotid.prepare.registry import cutter as cutters

    profile = profiles.load_profile("leopard")
    random = np.random.default_rng(1)
    picture = np.full((160, 240, 3), (120, 110, 80), "uint8")
    picture[40:120, 40:200] = (190, 150, 90)
    for x, y in zip(random.integers(50, 190, 40), random.integers(50, 110, 40), strict=True):
        picture[y : y + 5, x : x + 5] = (30, 25, 20)
    cutter, encoder = cutters(profile.cutout), encoders(profile.encoder)
    cutter.load()
    encoder.load()
    mask = cutter.cut(picture, Box(0.15, 0.2, 0.7, 0.6), None).mask
    vectors = encoder.encode([Crop(picture, mask)])
    length = float(np.linalg.norm(vectors[0]))
    assert vectors.shape == (1, encoder.dim) and abs(length - 1.0) < 1e-3, f"a vector of length {length:.3f}"
    return f"{encoder.name}, {encoder.dim} numbers."


def _torch() -> str:
    torch = import_module("torch")
    with torch.no_grad():
        torch.nn.Conv2d(3, 4, 3)(torch.zeros(1, 3, 16, 16))
    return str(torch.__version__)


def _torchvision() -> str:
    torch, vision = import_module("torch"), import_module("torchvision")
    boxes = torch.tensor([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 4.1], [8.0, 8.0, 9.0, 9.0]])
    assert len(vision.ops.nms(boxes, torch.tensor([0.9, 0.8, 0.7]), 0.5)) == 2
    return str(vision.__version__)


def _ultralytics() -> str:
    from spotid.settings import quiet_ultralytics

    ultralytics, numpy = import_module("ultralytics"), import_module("numpy")
    quiet_ultralytics()
    picture = numpy.zeros((64, 64, 3), "uint8")
    ultralytics.YOLO("yolov8n.yaml").predict(picture, imgsz=64, verbose=False, save=False)
    return str(ultralytics.__version__)


def _segment_anything() -> str:
    torch, modeling = import_module("torch"), import_module("segment_anything.modeling")
    small: dict[str, Any] = {"img_size": 64, "patch_size": 16, "embed_dim": 32, "depth": 1, "num_heads": 2}
    with torch.no_grad():
        modeling.ImageEncoderViT(out_chans=16, **small)(torch.zeros(1, 3, 64, 64))
    return ""


def _timm() -> str:
    torch, timm = import_module("torch"), import_module("timm")
    with torch.no_grad():
        timm.create_model("resnet18", pretrained=False).eval()(torch.zeros(1, 3, 64, 64))
    return str(timm.__version__)


def _kornia() -> str:
    torch, kornia = import_module("torch"), import_module("kornia")
    kornia.filters.gaussian_blur2d(torch.zeros(1, 1, 8, 8), (3, 3), (1.0, 1.0))
    return str(kornia.__version__)


LINE = "A tiny picture through crop and embedding"
PARTS: dict[str, Callable[[], str]] = {
    "numpy": _numpy,
    "pillow": _pillow,
    "pillow-heif": _heif,
    "opencv": _opencv,
    "faiss": _faiss,
    "pyav": _av,
    "pyproj": _pyproj,
    LINE: _line,
    "torch": _torch,
    "torchvision": _torchvision,
    "ultralytics": _ultralytics,
    "segment_anything": _segment_anything,
    "timm": _timm,
    "kornia": _kornia,
}
FULL = ("torch", "torchvision", "ultralytics", "segment_anything", "timm", "kornia")
