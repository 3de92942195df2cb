"""Photographs that are rows alone, for tests of stations, deployments and clocks."""

from __future__ import annotations

from typing import Any

from spotid.project import media, trust
from spotid.project.folder import Project


class Card:
    """Adds photographs to a project; ``uid`` of the n-th one is the n-th of ``uids``."""

    def __init__(self, project: Project) -> None:
        self.store = project.store
        self.root = media.root_id(project.store, project.path / "cards")
        self.uids: list[str] = []

    def take(
        self, station: str | None, camera: str, *clocks: str | None, serial: str | None = None, **more: Any
    ) -> None:
        """One photograph for each time of the clock."""
        for clock in clocks:
            number = len(self.uids)
            relpath = f"{station or 'loose'}/{camera or 'x'}/{number:04d}.jpg"
            media.add_found(self.store, self.root, [media.Found(relpath, 10, number)])
            row = self.store.one("SELECT id, uid FROM media WHERE relpath = ?", relpath)
            assert row is not None
            doubt = trust.doubt(clock) if clock else None
            fact = media.Facts(
                *(row["id"], "0" * 64, 64, 48, None if doubt else clock, doubt or "exif", station, camera),
                *(None, None, serial),
                remark=trust.remark(clock) if clock and doubt else None,
                station_by="folder",
                clock_at=clock,
                **more,
            )
            media.keep_facts(self.store, [fact])
            self.uids.append(row["uid"])

    def times(self) -> list[str | None]:
        """The times of all photographs as they count, in the order in which they were added."""
        return [row["captured_at"] for row in self.store.all("SELECT captured_at FROM media ORDER BY id")]

    def homes(self) -> list[int | None]:
        """Whose deployment each photograph belongs to."""
        return [row["deployment_id"] for row in self.store.all("SELECT deployment_id FROM media ORDER BY id")]
