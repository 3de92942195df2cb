"""The application with the survey of ``places_stock`` in it, asked without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spotid.web import bench_of, create_app


class Pages:
    """The application with a survey of wrong clocks."""

    def __init__(self, folder: Path) -> None:
        self.app = create_app()
        self.project = bench_of(self.app).open(folder)
        self.client = self.app.test_client()
        self.api = f"/api/project/{self.project.id}"

    def get(self, tail: str) -> Any:
        reply = self.client.get(f"{self.api}/{tail}")
        assert reply.status_code == 200, reply.text
        return reply.json

    def post(self, tail: str, status: int = 200, **content: Any) -> Any:
        reply = self.client.post(f"{self.api}/{tail}", json=content)
        assert reply.status_code == status, reply.text
        return reply.json

    def clock(self, name: str) -> dict[str, Any]:
        return next(one for one in self.get("clocks")["clocks"] if one["name"] == name)

    def look(self, name: str) -> dict[str, Any]:
        while True:
            told = self.client.get(self.clock(name)["look"]).json
            if not told["left"]:
                return told

    def which(self, name: str) -> dict[str, Any]:
        one = self.clock(name)
        return {"deployment": one["deployment_id"], "camera": one["camera"]}

    def times(self) -> list[str | None]:
        return [one["captured_at"] for one in self.project.store.all("SELECT captured_at FROM media ORDER BY id")]
