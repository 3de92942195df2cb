"""Surveys: a span of days with a title, cut into occasions of equal length."""

from __future__ import annotations

from dataclasses import dataclass

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import spans
from spotid.project.store import Store

LONGEST, MOST_DAYS = 200, 366


@dataclass(frozen=True, slots=True)
class Survey:
    """From the first night, which begins on the day ``starts_at``, to the one that ends on the day ``ends_at``."""

    id: int
    title: str
    starts_at: str | None
    ends_at: str | None
    occasion_days: int


def surveys(store: Store) -> list[Survey]:
    """All surveys, the oldest first."""
    rows = store.all("SELECT id, title, starts_at, ends_at, occasion_days FROM survey ORDER BY starts_at, id")
    return [Survey(**dict(row)) for row in rows]


def survey(store: Store, survey_id: int) -> Survey:
    """One survey. Raises NotFoundError."""
    found = next((one for one in surveys(store) if one.id == survey_id), None)
    if found is None:
        raise NotFoundError("There is no such survey.", "Look at the list; it may have been taken away.")
    return found


def add(
    store: Store, title: str, starts_at: str | None = None, ends_at: str | None = None, occasion_days: int = 1
) -> int:
    """A new survey; its id. Raises BadRequestError for days or a length that can't be."""
    values = _checked(title, starts_at, ends_at, occasion_days)
    with store.write() as connection:
        cursor = connection.execute(
            "INSERT INTO survey (title, starts_at, ends_at, occasion_days) VALUES (?, ?, ?, ?)", values
        )
        return int(cursor.lastrowid or 0)


def change(
    store: Store, survey_id: int, title: str, starts_at: str | None, ends_at: str | None, occasion_days: int
) -> None:
    """Say anew what a survey is."""
    survey(store, survey_id)
    values = _checked(title, starts_at, ends_at, occasion_days)
    with store.write() as connection:
        connection.execute(
            "UPDATE survey SET title = ?, starts_at = ?, ends_at = ?, occasion_days = ? WHERE id = ?",
            (*values, survey_id),
        )


def remove(store: Store, survey_id: int) -> None:
    """Take a survey away; photographs and deployments stay."""
    survey(store, survey_id)
    with store.write() as connection:
        connection.execute("DELETE FROM survey WHERE id = ?", (survey_id,))


def _checked(
    title: str, starts_at: str | None, ends_at: str | None, occasion_days: int
) -> tuple[str, str | None, str | None, int]:
    plain = " ".join(title.split())
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise BadRequestError("A survey needs a title.", f"Use up to {LONGEST} letters.")
    if not 1 <= occasion_days <= MOST_DAYS:
        raise BadRequestError(f"An occasion has 1 to {MOST_DAYS} days.", "Five to ten days are usual.")
    first, last = (None if one is None else one[:10] for one in spans.span(starts_at, ends_at, "a survey"))
    return plain, first, last, occasion_days
