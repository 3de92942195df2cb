"""What goes into the bundle besides compiled modules, found by walking folders: a new file travels by itself."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Whole folders and single files, each to the same place below the bundle's root (``spotid.places.program_folder``).
CARRIED = (
    "spotid",
    "templates",
    "static",
    "sample_data",
    "docs/guide",
    "docs/reference",
    "docs/pictures",
    "docs/index.md",
    "LICENSE",
    "CHANGELOG.md",
)
# Modules travel compiled; .po files are what translators edit, the program reads the .mo made from them.
LEFT_OUT = frozenset({".py", ".pyc", ".po", ".pot", ".part"})


def data_files(root: Path = ROOT) -> list[tuple[str, str]]:
    """(file, folder in the bundle) of everything that is read at run time, sorted; no folder, no files."""
    found = []
    for name in CARRIED:
        start = root / name
        for path in [start] if start.is_file() else sorted(start.rglob("*")):
            inside = path.relative_to(root)
            if path.is_file() and path.suffix not in LEFT_OUT and not _hidden(inside):
                found.append((str(path), inside.parent.as_posix()))
    return found


def modules(root: Path = ROOT) -> list[str]:
    """Every module of the program by its dotted name: parts named in tables of texts are found by no import."""
    found = []
    for path in sorted((root / "spotid").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def weights(folder: Path | None) -> list[tuple[str, str]]:
    """The files below a folder of fetched weights, for ``weights/`` in the bundle; none where ``folder`` is None."""
    if folder is None:
        return []
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in LEFT_OUT]
    return [(str(path), (Path("weights") / path.relative_to(folder).parent).as_posix()) for path in paths]


def _hidden(inside: Path) -> bool:
    return any(part == "__pycache__" or (part.startswith(".") and part != ".nomedia") for part in inside.parts)
