"""Where sensitive stations are is told in an export only when somebody ticks the box for it."""

from __future__ import annotations

from typing import Any

import pytest

from spotid.web import bench_of


@pytest.mark.parametrize(
    ("said", "meant"),
    [({}, False), ({"coordinates": True}, True), ({"coordinates": False}, False), ({"coordinates": "yes"}, False)],
)
def test_only_a_tick_tells_where_stations_are(client, app, tmp_path, monkeypatch, said, meant: bool) -> None:
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(type(bench_of(app).jobs), "start", lambda self, project, kind, **what: heard.append(what))
    client.post(f"/api/project/{app.stocked.id}/export", json={"folder": str(tmp_path / "out"), **said})
    assert [what["coordinates"] for what in heard] == [meant]


def test_the_box_is_not_ticked_beforehand(client, app) -> None:
    page = client.get(f"/project/{app.stocked.id}/export").get_data(as_text=True)
    start = page.rindex("<", 0, page.index('id="export-coordinates"'))
    assert page[start:].split(">")[0] == '<input type="checkbox" id="export-coordinates"'
