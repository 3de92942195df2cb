"""Small facts that a project remembers: where the reviewer was, which profile it uses."""

from __future__ import annotations

from spotid.project.store import Store


def get(store: Store, name: str, default: str = "") -> str:
    """The note called ``name``."""
    value = store.value("SELECT value FROM note WHERE name = ?", name)
    return default if value is None else str(value)


def put(store: Store, name: str, value: str) -> None:
    """Remember ``value`` under ``name``."""
    if store.readonly:
        return  # where somebody who only looks has come to is no fact of the project
    with store.write() as connection:
        connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))
