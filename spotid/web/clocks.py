"""Clocks of cameras: which seem wrong, by the light in their pictures, and putting one right."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, NotFoundError
from spotid.intake.where import parsed
from spotid.project import cameras, clock_look, clocks, deployments, sky
from spotid.project.clock_years import year_offset
from spotid.project.clocks import Clock, Word
from spotid.project.filenames import shown as plain
from spotid.project.folder import Project
from spotid.project.store import Store
from spotid.web.common import bench, body, number, reviewer, shown, text
from spotid.web.typed import moment_typed, row, words, zone_shown, zone_typed

pages = Blueprint("clocks", __name__)

MOST_HISTORY = 100
FARTHEST_SHIFT = 200 * 366 * 86_400  # seconds


@pages.get("/project/<project_id>/clocks", endpoint="clocks")
def every_clock(project_id: str) -> ResponseReturnValue:
    """Every camera's clock, with what its pictures say of it."""
    return render_template("clocks.html", project=shown(bench().project(project_id)), tab="clocks")


@pages.get("/project/<project_id>/clocks/<number>", endpoint="clock")
def one_clock(project_id: str, number: str) -> ResponseReturnValue:
    """The clock of one camera: its pictures over the hours of the day, and putting it right."""
    project = bench().project(project_id)
    one = _clock(project.store, _row(number), request.args.get("camera", ""))
    everyone = clock_look.every(project.store)
    keys = [(other.deployment_id, other.camera) for other in everyone]
    at = keys.index((one.deployment_id, one.camera)) if (one.deployment_id, one.camera) in keys else -9
    beside = [_address(project, everyone[place]) if 0 <= place < len(keys) else None for place in (at - 1, at + 1)]
    return render_template(
        "clock.html",
        project=shown(project),
        tab="clocks",
        clock=one,
        name=_name(one),
        previous=beside[0],
        following=beside[1],
    )


@pages.get("/api/project/<project_id>/clocks")
def told(project_id: str) -> ResponseReturnValue:
    """All clocks, and where the sun is taken from."""
    project = bench().project(project_id)
    place, zone = sky.typed_place(project.store), sky.typed_zone(project.store)
    everyone = clock_look.every(project.store)
    return jsonify(
        clocks=[_line(project, one) for one in everyone],
        history=_all_history(project, everyone),
        place=", ".join(f"{one:g}" for one in place) if place else "",
        zone=zone_shown(zone) if zone is not None else "",
        sun=sky.told(sky.spot_of(project.store, None), []),
    )


@pages.get("/api/project/<project_id>/clocks/<number>/look")
def look(project_id: str, number: str) -> ResponseReturnValue:
    """Pictures of a clock with their light, as many as could be looked at in a second; ``left`` are to be asked for.

    ``few``: of fewer pictures, for the list of all clocks.
    """
    project = bench().project(project_id)
    one = _clock(project.store, _row(number), request.args.get("camera", ""))
    few = request.args.get("few") == "1"
    return jsonify(_looked(project, one, clock_look.FEW if few else clock_look.MOST))


@pages.post("/api/project/<project_id>/clock-preview")
def preview(project_id: str) -> ResponseReturnValue:
    """What would come of a correction; nothing is written."""
    project, content = bench().project(project_id), body()
    one, from_at, until_at = _meant(project, content)
    delta = _delta(project.store, one, content, from_at)
    offset = _standing(project.store, one, from_at) + delta
    seen = clocks.preview(project.store, one.deployment_id, offset, one.camera, from_at, until_at)
    return jsonify(offset_s=offset, delta=delta, from_at=from_at, until_at=until_at, preview=asdict(seen))


@pages.post("/api/project/<project_id>/clock-keep")
def keep(project_id: str) -> ResponseReturnValue:
    """Keep a correction: every time of that clock is put right, and no file is touched."""
    project, content = bench().project(project_id), body()
    one, from_at, until_at = _meant(project, content)
    offset = _seconds(content, "offset_s")
    reason = words(content, "reason", "The reason")
    said = clocks.say(
        project.store, one.deployment_id, offset, one.camera, from_at, until_at, reason, reviewer(content)
    )
    return jsonify(kept=_word(said), **_after(project_id, one))


@pages.post("/api/project/<project_id>/clock-undo")
def undo(project_id: str) -> ResponseReturnValue:
    """Take the newest correction of a clock back; it stays in the list."""
    project, content = bench().project(project_id), body()
    one, _, _ = _meant(project, content)
    taken = clocks.undo(project.store, one.deployment_id, one.camera, reviewer(content))
    if taken is None:
        raise BadRequestError("Nothing was said of this clock.", "Its times are the camera's own.")
    return jsonify(kept=_word(taken), **_after(project_id, one))


@pages.post("/api/project/<project_id>/clock-sun")
def sun(project_id: str) -> ResponseReturnValue:
    """Keep the place and the time zone that the sun is drawn for."""
    project, content = bench().project(project_id), body()
    typed = words(content, "place", "The place")
    sky.keep(project.store, parsed(typed) if typed else None, zone_typed(content, "zone"))
    return told(project_id)


def _meant(project: Project, content: dict[str, Any]) -> tuple[Clock, str | None, str | None]:
    """The clock that a request is about, and the stretch of it."""
    one = _clock(project.store, row(content, "deployment", "The deployment"), words(content, "camera", "The camera"))
    from_at = moment_typed(content, "from_at", "The beginning")
    return one, from_at, moment_typed(content, "until_at", "The end")


def _delta(store: Store, one: Clock, content: dict[str, Any], from_at: str | None) -> int:
    """Seconds by which the times as they count now are to be moved."""
    how = text(content, "how", "The correction", longest=10)
    if how == "shift":
        return _seconds(content, "seconds")
    if how == "year":
        year = number(content, "year")
        first = one.first_clock
        if from_at is not None:
            later = (picture.clock_at for picture in clocks.pictures(store, one.deployment_id, one.camera))
            first = next((at for at in later if at >= from_at), first)
        if year is None or year != int(year) or not 1990 <= year <= 2200 or first is None:
            raise BadRequestError("This is no year.", "Write it with four digits, as in 2026.")
        return year_offset(clock_look.now_of(one, first), int(year))
    if how == "exact":
        uid = text(content, "uid", "The picture", longest=64)
        everything = clocks.pictures(store, one.deployment_id, one.camera)
        picture = next((picture for picture in everything if picture.uid == uid), None)
        if picture is None:
            raise NotFoundError("This picture is not of that camera.", "Choose one of those on the page.")
        right = moment_typed(content, "at", "The right time", whole=True)
        if right is None:
            raise BadRequestError("The right time is empty.", "Write when the chosen picture was taken.")
        return clock_look.between(clock_look.now_of(one, picture.clock_at), right)
    raise BadRequestError("The request could not be understood.", "Reload the page and try again.")


def _standing(store: Store, one: Clock, from_at: str | None) -> int:
    """What was said before of the same camera and stretch: the new word takes its place."""
    scope = "" if deployments.deployment(store, one.deployment_id).camera else cameras.key(one.camera)
    said = (word for word in one.words if word.from_at == from_at and cameras.key(word.camera) == scope)
    return sum(word.offset_s for word in said)


def _seconds(content: dict[str, Any], name: str) -> int:
    value = content.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= FARTHEST_SHIFT:
        return value
    raise BadRequestError("This correction can't be used.", "Choose one of the buttons, or type the right time.")


def _after(project_id: str, one: Clock) -> dict[str, Any]:
    """Everything that hangs on times is put right, and what the page shows then."""
    project = bench().project(project_id)
    settled = clocks.settle(project.store)
    bench().boxes_changed(project_id)
    there = clocks.pictures(project.store, one.deployment_id, one.camera)
    # A clock put right by years may have left its deployment with all its pictures.
    elsewhere = None if there else url_for("clocks.clocks", project_id=project_id)
    return {"changed": settled.changed, "outside": settled.outside, "elsewhere": elsewhere}


def _looked(project: Project, one: Clock, most: int) -> dict[str, Any]:
    told = deployments.deployment(project.store, one.deployment_id)
    spot = sky.spot_of(project.store, one.station_id, told.zone_minutes)
    span = (told.starts_at, told.ends_at) if told.told_by != "photographs" else (None, None)
    found = clock_look.look(project.store, project.layout, one, spot.sky, span, most)
    days = sorted({date.fromisoformat(seen.now[:10]) for seen in found.seen})
    return {
        "clock": _line(project, one),
        "history": _history(project.store, one),
        "seen": [asdict(seen) for seen in found.seen],
        "hours": found.hours,
        "left": found.left,
        "sign": found.sign.told() if found.sign is not None else None,
        "sun": sky.told(spot, days) | {"zone_shown": zone_shown(spot.zone)},
        "starts_at": told.starts_at,
        "ends_at": told.ends_at,
    }


def _clock(store: Store, deployment_id: int, camera: str) -> Clock:
    found = next((one for one in clocks.clocks(store, deployment_id) if _is(one, camera)), None)
    if found is None:
        found = clock_look.of_pictures(store, deployment_id, camera)
    if found is None:
        raise NotFoundError("There is no such clock.", "Go back to the list of clocks.")
    return found


def _is(one: Clock, camera: str) -> bool:
    return cameras.key(one.camera) == cameras.key(camera)


def _row(typed: str) -> int:
    if typed.isascii() and typed.isdigit() and len(typed) < 19:
        return int(typed)
    raise NotFoundError("There is no such clock.", "Go back to the list of clocks.")


def _line(project: Project, one: Clock) -> dict[str, Any]:
    content = asdict(one) | {"words": [_word(word) for word in one.words]}
    content |= {"name": _name(one), "url": _address(project, one), "station": plain(one.station or "")}
    return content | {
        "look": url_for("clocks.look", project_id=project.id, number=one.deployment_id, camera=one.camera)
    }


def _address(project: Project, one: Clock) -> str:
    return url_for("clocks.clock", project_id=project.id, number=one.deployment_id, camera=one.camera)


def _name(one: Clock) -> str:
    """Station and camera, where both say something."""
    parts = [plain(one.station or ""), plain(one.camera)]
    return " · ".join(part for at, part in enumerate(parts) if part and part not in parts[:at])


def _history(store: Store, one: Clock) -> list[dict[str, Any]]:
    said = [word for word in clocks.history(store, one.deployment_id) if not word.camera or _is(one, word.camera)]
    return [_word(word) for word in said[:MOST_HISTORY]]


def _all_history(project: Project, everyone: list[Clock]) -> list[dict[str, Any]]:
    """What was said of all clocks, newest first, each with the clock that it was said of."""
    found = []
    for deployment_id in sorted({one.deployment_id for one in everyone}):
        own = [one for one in everyone if one.deployment_id == deployment_id]
        for word in clocks.history(project.store, deployment_id):
            one = next((one for one in own if word.camera and _is(one, word.camera)), own[0])
            found.append((word.id, _word(word) | {"name": _name(one), "url": _address(project, one)}))
    return [line for _, line in sorted(found, key=lambda item: -item[0])[:MOST_HISTORY]]


def _word(word: Word) -> dict[str, Any]:
    content = asdict(word)
    return {name: content[name] for name in ("id", "from_at", "offset_s", "reviewer", "made_at")} | {"why": word.reason}
