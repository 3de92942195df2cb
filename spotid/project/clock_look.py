"""Pictures of one camera's clock, laid out for the eye: which of them, when by the clock and by now, in which light."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from spotid.light import light_of
from spotid.project import cameras, clocks, deployments
from spotid.project.clock_shots import Shot, Sign, Sky, Span
from spotid.project.clock_signs import sign
from spotid.project.clocks import Clock, Picture
from spotid.project.layout import Layout
from spotid.project.store import Store

MOST, FEW = 240, 80  # pictures of one clock that are looked at: on its own page, and in the list of all
SECONDS = 1.2  # after which a page is answered; it asks again for the rest


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture: its time by the clock (``at``), as it counts ``now``, and its light (None: unknown, or not yet)."""

    uid: str
    at: str
    now: str
    light: str | None
    trusted: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Some pictures of a clock. ``hours``: how many of all there are in each hour by the clock; ``left``: how many of
    those chosen were not looked at yet; ``sign`` is None until all are."""

    seen: list[Seen]
    hours: list[int]
    left: int
    sign: Sign | None


def every(store: Store) -> list[Clock]:
    """All clocks: those of deployments, and those whose pictures lie outside of every deployment of theirs."""
    found = clocks.clocks(store)
    known = {(one.deployment_id, cameras.key(one.camera)) for one in found}
    for outside in deployments.outside(store):
        for deployment_id in outside.deployments[:1]:
            if (deployment_id, cameras.key(outside.camera)) not in known:
                alone = of_pictures(store, deployment_id, outside.camera)
                found += [alone] if alone is not None else []
    return sorted(found, key=lambda one: (one.station.casefold(), cameras.key(one.camera), one.deployment_id))


def of_pictures(store: Store, deployment_id: int, camera: str) -> Clock | None:
    """A clock by its pictures, none of which lie in the deployment; None where there are none."""
    seen = clocks.pictures(store, deployment_id, camera)
    if not seen:
        return None
    told = deployments.deployment(store, deployment_id)
    words = tuple(
        word
        for word in clocks.words(store, deployment_id)
        if not word.camera or cameras.key(word.camera) == cameras.key(camera)
    )
    right = sorted(one.captured_at for one in seen if one.captured_at)
    return Clock(
        told.id,
        told.station_id,
        told.station,
        told.camera or camera,
        photographs=len(seen),
        doubtful=len(seen) - len(right),
        first_clock=seen[0].clock_at,
        last_clock=seen[-1].clock_at,
        first=right[0] if right else None,
        last=right[-1] if right else None,
        offset_s=sum(word.offset_s for word in words if word.from_at is None),
        words=words,
    )


def look(
    store: Store, layout: Layout, clock: Clock, sky: Sky, span: Span, most: int = MOST, seconds: float = SECONDS
) -> Look:
    """Look at up to ``most`` pictures of a clock for at most ``seconds``.

    ``span``: when people say that the camera stood there.

    What was looked at once is not computed again while the program runs.
    """
    everything = clocks.pictures(store, clock.deployment_id, clock.camera)
    hours = [0] * 24
    for picture in everything:
        hours[int(picture.clock_at[11:13])] += 1
    begin, seen, left = time.monotonic(), list[Seen](), 0
    for picture in chosen(everything, most):
        late = time.monotonic() - begin > seconds
        left += late
        light = None if late else light_of(layout.small(picture.uid))
        now = picture.captured_at or now_of(clock, picture.clock_at)
        seen.append(Seen(picture.uid, picture.clock_at, now, light, picture.captured_at is not None))
    shots = [Shot(one.now, one.light, one.at) for one in sorted(seen, key=lambda one: one.now)]
    others = [(one.first, one.last) for one in every(store) if not _same(one, clock)] if not left else []
    return Look(seen, hours, left, None if left else sign(shots, sky, span, others))


def _same(one: Clock, other: Clock) -> bool:
    return (one.deployment_id, one.camera) == (other.deployment_id, other.camera)


def chosen(pictures: Sequence[Picture], most: int = MOST) -> list[Picture]:
    """At most ``most`` pictures, evenly over time; of the pictures of one hour only the first, so that a herd that
    stood before the camera for an hour is one witness and not a hundred."""
    hours: dict[str, Picture] = {}
    for picture in pictures:
        hours.setdefault(picture.clock_at[:13], picture)
    first = list(hours.values())
    if len(first) <= most:
        return first
    return [first[at * len(first) // most] for at in range(most)]


def now_of(clock: Clock, at: str) -> str:
    """A moment of a clock with all added that stands."""
    return moved(at, sum(word.offset_s for word in clock.words if word.from_at is None or word.from_at <= at))


def moved(at: str, seconds: int) -> str:
    """A moment with seconds added; as it is where no calendar has the result."""
    try:
        return (datetime.fromisoformat(at) + timedelta(seconds=seconds)).isoformat()
    except OverflowError:
        return at


def between(at: str, right: str) -> int:
    """Seconds from one moment to another."""
    return round((datetime.fromisoformat(right) - datetime.fromisoformat(at)).total_seconds())
