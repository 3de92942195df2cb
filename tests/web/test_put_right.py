"""A photograph whose time was put right tells what its camera's clock said."""

from __future__ import annotations

import html

from spotid.project import clocks, deployments


def test_the_page_of_a_photograph_tells_both_times(client, app) -> None:
    store = app.stocked.store
    clocks.settle(store, 30)
    row = store.one("SELECT uid, captured_at FROM media WHERE captured_at IS NOT NULL ORDER BY id")
    address = f"/project/{app.stocked.id}/photograph/{row['uid']}"
    assert "put right" not in client.get(address).get_data(as_text=True)
    for one in deployments.deployments(store):
        clocks.say(store, one.id, 3600)
    clocks.settle(store)
    page = html.unescape(client.get(address).get_data(as_text=True))
    assert f"put right; the camera's clock said {row['captured_at'].replace('T', ' ')}" in page
