"""The packages of the published models, in the full flavour: whole, because what they load they name in texts."""

from __future__ import annotations

PACKAGES = ("torch", "torchvision", "ultralytics", "segment_anything", "timm", "kornia", "safetensors")
# Applications of theirs, which need more than is installed.
NOT_WANTED = ("ultralytics.solutions",)


def modules() -> list[str]:
    """Every module of theirs; torch's own come through PyInstaller's hook."""
    from PyInstaller.utils.hooks import collect_submodules

    found = []
    for package in PACKAGES[1:]:
        found += collect_submodules(package, on_error="ignore")
    return [PACKAGES[0], *(name for name in found if not name.startswith(NOT_WANTED))]


def data_files() -> list[tuple[str, str]]:
    """Their data: configurations of networks, lists of classes."""
    from PyInstaller.utils.hooks import collect_data_files

    return [one for package in PACKAGES[1:] for one in collect_data_files(package)]
