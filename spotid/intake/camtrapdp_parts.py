"""The shapes that a Camtrap DP package is read into, and how its times become those of a camera's clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from spotid.boxes import Box


@dataclass(frozen=True, slots=True)
class Station:
    """A place; ``uncertainty`` in metres."""

    name: str
    location: str
    latitude: float | None
    longitude: float | None
    uncertainty: float | None


@dataclass(frozen=True, slots=True)
class Deployment:
    """One camera at one station. Times are ISO as in the package; ``zone`` is None where they name none or only UTC."""

    uid: str
    station: str
    camera: str
    starts_at: datetime | None
    ends_at: datetime | None
    zone: tzinfo | None
    clock_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Medium:
    """One file. ``captured_at`` is what the camera's clock showed, as ISO time without zone."""

    uid: str
    deployment: str
    path: str
    name: str
    moment: datetime | None
    captured_at: str | None
    video: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen, in one file (``medium``) or in an event of several (``medium`` is empty)."""

    uid: str
    deployment: str
    medium: str
    event: str
    starts_at: datetime | None
    ends_at: datetime | None
    kind: str
    species: str = ""
    individual: str = ""
    sex: str = ""
    age: str = ""
    count: int | None = None
    box: Box | None = None
    by_machine: bool = False
    by: str = ""
    score: float | None = None


@dataclass(slots=True)
class Package:
    """A package as read; ``remarks`` says in sentences what is odd."""

    title: str = ""
    version: str = ""
    stations: list[Station] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def moment_of(text: str) -> datetime | None:
    """A time of the package, with its zone where it names one; None where it is no time."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def on_clock(moment: datetime | None, zone: tzinfo | None) -> str | None:
    """What the camera's clock showed: the time in the deployment's zone, without it and without fractions.

    A time in another zone than UTC or without any is taken as it stands: it is what was written down at the camera.
    """
    if moment is None:
        return None
    if zone is not None and moment.tzinfo is not None and moment.utcoffset() == timedelta(0):
        moment = moment.astimezone(zone)
    return moment.replace(tzinfo=None, microsecond=0).isoformat()
