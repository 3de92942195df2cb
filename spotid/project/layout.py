"""The project folder: which file lies where. Plain files, so that the folder can be copied to a stick."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from spotid.errors import EmbeddingsOnlyError, OriginalDataError, OutsideError
from spotid.project.inside import inside

FORMAT = "spotid-project"
DATABASE = "project.sqlite"
PROJECT_FILE = "project.json"
MOST_INNER = 50  # folders in a folder that are looked into for embeddings
_NAME = re.compile(r"\w[\w.-]{0,150}", re.ASCII)  # what a uid and a recipe consist of


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths inside one project folder."""

    root: Path
    readonly: bool = False  # opened for looking: nothing in the folder is made or changed

    @property
    def project_file(self) -> Path:
        """Format, schema version, project id and title."""
        return self.root / PROJECT_FILE

    @property
    def database(self) -> Path:
        """The irreplaceable file: answers, sightings, individuals."""
        return self.root / DATABASE

    @property
    def pending(self) -> Path:
        """A backup that is being put in the database's place; whole as soon as it has this name."""
        return self.root / f"{DATABASE}.restoring"

    @property
    def lock(self) -> Path:
        """Held by the program that may write."""
        return self.root / ".lock"

    @property
    def worker_lock(self) -> Path:
        """Held by the one worker process."""
        return self.root / ".worker.lock"

    @property
    def backups(self) -> Path:
        """Copies of the database, each with its reason in its name."""
        return self.root / "backups"

    @property
    def embeddings(self) -> Path:
        """Vectors; this folder alone can be opened again."""
        return self.root / "embeddings"

    @property
    def cache(self) -> Path:
        """Safe to delete: small pictures, keypoints, candidates."""
        return self.root / "cache"

    @property
    def candidates(self) -> Path:
        """Look-alikes of every sighting; remakeable."""
        return self.cache / "candidates.sqlite"

    @property
    def adapted(self) -> Path:
        """The head that adapts embeddings to the survey; remakeable."""
        return self.cache / "adapted.npz"

    @property
    def heads(self) -> Path:
        """What was learnt from answers, every version."""
        return self.root / "heads"

    @property
    def exports(self) -> Path:
        """Results."""
        return self.root / "exports"

    @property
    def logs(self) -> Path:
        """What the workers said."""
        return self.root / "logs"

    def small(self, media_uid: str) -> Path:
        """The small upright picture of a file."""
        return self._own(self.cache / "small", media_uid, f"{media_uid}.jpg")

    def frames(self, clip_uid: str) -> Path:
        """The folder of the stills taken out of a clip; the clip can give them again."""
        return self._own(self.root / "frames", clip_uid, clip_uid)

    def played(self, clip_uid: str, digest: str) -> Path:
        """A clip, by its checksum, in a container that browsers play."""
        return self._own(self.cache / "clips", clip_uid, f"{clip_uid}.{digest[:16]}.mp4")

    def hint(self, sighting_uid: str) -> Path:
        """The detector's rough outline of a sighting, on the small picture."""
        return self._own(self.cache / "hints", sighting_uid, f"{sighting_uid}.png")

    def crop(self, sighting_uid: str, recipe: str) -> Path:
        """The crop of a sighting, with its background."""
        return self._own(self.root / "crops", sighting_uid, f"{sighting_uid}.{recipe}.jpg")

    def cutout(self, sighting_uid: str, recipe: str) -> Path:
        """The crop with a transparent background; its alpha channel is the mask."""
        return self._own(self.root / "cutouts", sighting_uid, f"{sighting_uid}.{recipe}.webp")

    def pattern(self, sighting_uid: str, recipe: str) -> Path:
        """The coat with its local contrast raised."""
        return self._own(self.cache / "pattern", sighting_uid, f"{sighting_uid}.{recipe}.jpg")

    def edges(self, sighting_uid: str, recipe: str) -> Path:
        """The coat's edges, black and white."""
        return self._own(self.cache / "edges", sighting_uid, f"{sighting_uid}.{recipe}.png")

    def points(self, sighting_uid: str, recipe: str) -> Path:
        """The spots that the local matcher compares."""
        return self._own(self.cache / "points", sighting_uid, f"{sighting_uid}.{recipe}.npz")

    def _own(self, folder: Path, uid: str, name: str) -> Path:
        """A file of one sighting or picture. Raises OutsideError: uid and recipe come from a database that may be
        anybody's, and any folder below may be a link."""
        if not (_NAME.fullmatch(uid) and _NAME.fullmatch(name)):
            raise OutsideError()
        return inside(folder / uid[:2] / name, self.root)


def embeddings_in(folder: Path) -> Path | None:
    """The folder of embeddings that ``folder`` is or holds; None where there is none."""
    for candidate in (folder, folder / "embeddings"):
        if (candidate / "manifest.json").is_file() or next(candidate.glob("*-*/[0-9]*.npy"), None) is not None:
            return candidate
    return None


def original_in(folder: Path) -> Path | None:
    """The folder of embeddings of the original SpotID that ``folder`` is or holds; None where there is none."""
    try:
        inner = sorted(entry for entry in folder.iterdir() if entry.is_dir())[:MOST_INNER]
    except OSError:
        return None
    names = ("embeddings.npy", "image_filenames.txt")
    return next((one for one in (folder, *inner) if all((one / name).is_file() for name in names)), None)


def looks_like_project(folder: Path) -> bool:
    """Whether ``folder`` holds a SpotID project."""
    names = (PROJECT_FILE, DATABASE, f"{DATABASE}.restoring")
    return any((folder / name).is_file() for name in names)


def check_embeddings_only(folder: Path) -> None:
    """Raises EmbeddingsOnlyError or OriginalDataError where a project can be built around what is there."""
    if embeddings_in(folder) is not None:
        raise EmbeddingsOnlyError(
            f"“{folder}” holds embeddings without their project; the answers given to pairs are not in there.",
            f'A new project can be built around them, here or with: spotid rebuild "{folder}"',
        )
    if original_in(folder) is not None:
        raise OriginalDataError(
            f"“{folder}” holds embeddings of the original SpotID.",
            f'A project can be made of them and of the matches, here or with: spotid original "{folder}"',
        )
