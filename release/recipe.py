"""What ``spotid.spec`` asks: the parts of one bundle, and the notes that the bundle keeps about itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from release import contents, films, licences, models, trim, version_resource
from spotid import __version__
from spotid.about import BUILD, FILES, LICENCES

FLAVOURS = ("core", "full")
IDENTIFIER = "org.spotid.SpotID"
REASON = "SpotID reads the photographs of your surveys from here and keeps its projects here."


class Plan:
    """One bundle: ``root`` holds the sources, ``work`` takes what is made on the way."""

    def __init__(self, root: Path, work: Path) -> None:
        self.root, self.made = root, work / "made"
        self.flavour = os.environ.get("SPOTID_FLAVOUR", "core")
        if self.flavour not in FLAVOURS:
            raise SystemExit(f"SPOTID_FLAVOUR is “{self.flavour}”; it must be one of: {', '.join(FLAVOURS)}.")
        self.version = __version__
        self.made.mkdir(parents=True, exist_ok=True)

    def datas(self) -> list[tuple[str, str]]:
        """Files to copy, each with its folder in the bundle."""
        weights = os.environ.get("SPOTID_WEIGHTS")
        own = [*contents.data_files(self.root), *contents.weights(Path(weights) if weights else None)]
        return own + (models.data_files() if self.flavour == "full" else [])

    def modules(self) -> list[str]:
        """Modules that no import leads to: the program's own, and the status window's where this Python has it."""
        window = ["tkinter", "tkinter.ttk", "tkinter.font"] if has_tkinter() else []
        return [*contents.modules(self.root), *window, *(models.modules() if self.flavour == "full" else [])]

    def excluded(self) -> list[str]:
        """Modules to leave out."""
        return trim.excluded(self.flavour)

    def finish(self, found: Any) -> None:
        """Trim what PyInstaller's Analysis found, and add the licences and the notes. Raises SystemExit."""
        own = self.made / "films"
        found.binaries = films.replaced(trim.kept(found.binaries, self.root), own)
        found.datas = trim.kept(found.datas, self.root)
        files = [*found.pure, *found.scripts, *found.binaries, *found.datas]
        # What was made just now is SpotID's own, whatever it is named.
        sources = [source for _, source, _ in files if source and not Path(source).is_relative_to(own)]
        licences.gather(sources, self.made / LICENCES, self.root)
        found.binaries = trim.stripped(trim.sharing(found.binaries, self.made / "shared"), self.made / "stripped")
        found.datas += [
            ((Path(LICENCES) / path.relative_to(self.made / LICENCES)).as_posix(), str(path), "DATA")
            for path in sorted((self.made / LICENCES).rglob("*"))
            if path.is_file()
        ]
        found.datas.append((BUILD, self._write(BUILD, facts(self.flavour, self.root)), "DATA"))
        found.datas.append((FILES, self._write(FILES, file_list([*found.binaries, *found.datas])), "DATA"))

    def icon(self) -> str:
        """The icon that this system's programs carry."""
        ending = {"win32": "ico", "darwin": "icns"}.get(sys.platform, "png")
        return str(self.root / "release" / "icons" / f"SpotID.{ending}")

    def version_resource(self, program: str) -> str | None:
        """What Windows shows under a program's properties; None elsewhere."""
        if sys.platform != "win32":
            return None
        path = self.made / f"{program}.version.txt"
        path.write_text(version_resource.text(self.version, program), encoding="utf-8")
        return str(path)

    def info_plist(self) -> dict[str, Any]:
        """What macOS is told about the program."""
        places = ("Desktop", "Documents", "Downloads", "NetworkVolumes", "RemovableVolumes")
        return {
            "CFBundleDisplayName": "SpotID",
            "CFBundleShortVersionString": self.version,
            "CFBundleVersion": self.version,
            "LSApplicationCategoryType": "public.app-category.education",
            "LSMinimumSystemVersion": "14.0",  # as the wheels of OpenCV and faiss do
            "NSHighResolutionCapable": True,
            "NSHumanReadableCopyright": "AGPL-3.0-or-later",
            **{f"NS{place}{'Folder' if 'Vol' not in place else ''}UsageDescription": REASON for place in places},
        }

    def _write(self, name: str, told: Any) -> str:
        path = self.made / name
        path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return str(path)


def facts(flavour: str, root: Path) -> dict[str, str]:
    """What ``spotid.about.build`` reads. The moment is SOURCE_DATE_EPOCH where set, to be redone alike."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return {
        "flavour": flavour,
        "version": __version__,
        "commit": os.environ.get("SPOTID_COMMIT", "") or commit(root),
        "made_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "releases": os.environ.get("SPOTID_RELEASES", "").rstrip("/"),
    }


def commit(root: Path) -> str:
    """The commit of a checkout, or an empty text."""
    try:
        told = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True)
    except OSError:
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""


def file_list(entries: list[trim.Entry]) -> dict[str, dict[str, tuple[int, bool]]]:
    """Folder → name → (size in bytes, whether it stays exactly that): what ``spotid.about.missing`` compares with."""
    told: dict[str, dict[str, tuple[int, bool]]] = {}
    for name, source, kind in entries:
        if kind in ("DATA", "BINARY", "EXTENSION") and os.path.isfile(source):
            place, _, plain = name.replace("\\", "/").rpartition("/")
            told.setdefault(place, {})[plain] = (os.path.getsize(source), kind == "DATA")
    return told


def has_tkinter() -> bool:
    """Whether the Python that builds can show windows; Debian's needs the package python3-tk."""
    try:
        import _tkinter  # noqa: F401
    except ImportError:
        return False
    return True
