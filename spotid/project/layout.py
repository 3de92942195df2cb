"""The project folder: which file lies where. Plain files, so that the folder can be copied to a stick."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FORMAT = "spotid-project"
DATABASE = "project.sqlite"
PROJECT_FILE = "project.json"


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths inside one project folder."""

    root: Path

    @property
    def project_file(self) -> Path:
        """Format, schema version, project id and title."""
        return self.root / PROJECT_FILE

    @property
    def database(self) -> Path:
        """The irreplaceable file: answers, sightings, individuals."""
        return self.root / DATABASE

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
    def exports(self) -> Path:
        """Results."""
        return self.root / "exports"

    @property
    def logs(self) -> Path:
        """What the workers said."""
        return self.root / "logs"

    def small(self, media_uid: str) -> Path:
        """The small upright picture of a file."""
        return self.cache / "small" / media_uid[:2] / f"{media_uid}.jpg"

    def hint(self, sighting_uid: str) -> Path:
        """The detector's rough outline of a sighting, on the small picture."""
        return self.cache / "hints" / sighting_uid[:2] / f"{sighting_uid}.png"

    def crop(self, sighting_uid: str, recipe: str) -> Path:
        """The crop of a sighting, with its background."""
        return self.root / "crops" / sighting_uid[:2] / f"{sighting_uid}.{recipe}.jpg"

    def cutout(self, sighting_uid: str, recipe: str) -> Path:
        """The crop with a transparent background; its alpha channel is the mask."""
        return self.root / "cutouts" / sighting_uid[:2] / f"{sighting_uid}.{recipe}.webp"

    def pattern(self, sighting_uid: str, recipe: str) -> Path:
        """The coat with its local contrast raised."""
        return self.cache / "pattern" / sighting_uid[:2] / f"{sighting_uid}.{recipe}.jpg"

    def edges(self, sighting_uid: str, recipe: str) -> Path:
        """The coat's edges, black and white."""
        return self.cache / "edges" / sighting_uid[:2] / f"{sighting_uid}.{recipe}.png"

    def points(self, sighting_uid: str, recipe: str) -> Path:
        """The spots that the local matcher compares."""
        return self.cache / "points" / sighting_uid[:2] / f"{sighting_uid}.{recipe}.npz"


def looks_like_project(folder: Path) -> bool:
    """Whether ``folder`` holds a SpotID project."""
    return (folder / PROJECT_FILE).is_file() or (folder / DATABASE).is_file()
