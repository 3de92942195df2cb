"""The parts of a project on its run page: what it works with, what it could, and the switch to another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from spotid import profiles
from spotid.errors import BadRequestError, JobError, NotFoundError, ProjectReadOnlyError
from spotid.jobs import cutting, parts, switching
from spotid.jobs.stages import Line, line_of
from spotid.prepare import redo
from spotid.profiles import Profile
from spotid.project import parts_kept
from spotid.project.folder import Project
from spotid.project.store import LOOKING, LOOKING_ADVICE
from spotid.web.common import bench, body, text
from spotid.web.tongues import say

pages = Blueprint("parts", __name__)

LONGEST = 200
MOST = 20  # profiles of one project


@pages.get("/api/project/<project_id>/parts")
def shown(project_id: str) -> ResponseReturnValue:
    """Every profile of a project with its parts and what could take their places."""
    return jsonify(_told(bench().project(project_id)))


@pages.post("/api/project/<project_id>/parts/choose")
def choose(project_id: str) -> ResponseReturnValue:
    """Switch one part of one profile; what that costs and keeps is told."""
    project, content = _ready(project_id), body()
    line = _line(project)
    asked = text(content, "profile", "The profile", longest=LONGEST)
    profile = next((one for one in line.all_profiles if one.name == asked), None)
    if profile is None:
        raise NotFoundError("This project has no such profile.", "Reload the page.")
    role, part = text(content, "role", "The role of the part", longest=LONGEST), content.get("part")
    if not isinstance(part, str) or len(part) > LONGEST:
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    parts.choose(project, profile, {role: part})
    return jsonify(_told(project) | {"sentences": switching.told(_line(project), profile, role, part)})


@pages.post("/api/project/<project_id>/parts/profiles")
def choose_profiles(project_id: str) -> ResponseReturnValue:
    """Say which animals are told apart in a project: the names of profiles, its own first."""
    project = _ready(project_id)
    parts_kept.keep_profiles(project.store, asked_profiles(body().get("profiles")))
    bench().boxes_changed(project_id)
    return jsonify(
        _told(project)
        | {"sentences": ["The next run sorts the animals by their species.", "Answers stay as they are."]}
    )


def asked_profiles(value: object) -> list[str]:
    """The names of profiles in a request. Raises BadRequestError, and NotFoundError for a profile that is not there."""
    good = isinstance(value, list) and 0 < len(value) <= MOST and all(isinstance(one, str) for one in value)
    if not good or not isinstance(value, list):
        raise BadRequestError("No animals were chosen.", "Choose which are told apart.")
    return [profiles.load_profile(one[:LONGEST]).name for one in value]


def known_profiles() -> list[dict[str, str]]:
    """Every profile there is, the usual one first: its name and title."""
    found = [{"name": name, "title": say(profiles.load_profile(name).title)} for name in profiles.profile_names()]
    return sorted(found, key=lambda one: (one["name"] != profiles.USUAL, one["title"]))


def summary(project: Project) -> dict[str, Any]:
    """One line for the run page: the parts of the project's own profile, and what of all is missing here."""
    line = _line(project)
    names = [name for role in parts_kept.ROLES if (name := line.chosen.of(role))]
    missing = [str(error.sentence) for one in line.all_profiles for error in parts.missing(project, one)]
    return {"names": names, "missing": missing, "titles": [one.title for one in line.all_profiles]}


def _line(project: Project) -> Line:
    return line_of(project, bench().settings)


def _ready(project_id: str) -> Project:
    """The project, if its parts can be switched now."""
    project = bench().project(project_id)
    if project.looking:
        raise ProjectReadOnlyError(LOOKING, LOOKING_ADVICE)
    job = bench().jobs.of(project)
    if job is not None and job.running:
        raise JobError("This project is at work.", "Wait for it to end, or cancel it first.")
    return project


def _told(project: Project) -> dict[str, Any]:
    line = _line(project)
    mine = [one.name for one in line.all_profiles]
    job = bench().jobs.of(project)
    return {
        "profiles": [_profile(line, one) for one in line.all_profiles],
        "more": [one for one in known_profiles() if one["name"] not in mine],
        "cut_anew": cutting.count(line),
        "search_again": redo.count(project),
        "missing": {"sentences": summary(project)["missing"]},
        "busy": project.looking or (job is not None and job.running),
    }


def _profile(line: Line, profile: Profile) -> dict[str, Any]:
    chosen = line.chosen_of(profile)
    own = profile is line.profile
    # Nobody knows the species before the animals are found: the detector and the classifier are the project's own.
    roles = [role for role in parts_kept.ROLES if own or role not in ("detector", "classifier")]
    return {
        "name": profile.name,
        "title": say(profile.title),
        "own": own,
        "roles": [_role(role, chosen.of(role)) for role in roles],
    }


def _role(role: str, chosen: str) -> dict[str, Any]:
    options = [
        {
            "name": one.name,
            "about": one.about,
            "built_in": one.built_in,
            "here": one.here,
            "reason": f"{one.why_not} {one.advice}".strip(),
        }
        for one in parts.options(role)
    ]
    here = not chosen or parts.is_here(role, chosen)
    if chosen and all(one["name"] != chosen for one in options):  # several together, or one that nobody knows here
        options.append({"name": chosen, "about": "", "built_in": False, "here": here, "reason": ""})
    if role == "classifier":
        options.insert(0, {"name": "", "about": "", "built_in": True, "here": True, "reason": ""})
    return {"role": role, "chosen": chosen, "here": here, "options": options}
