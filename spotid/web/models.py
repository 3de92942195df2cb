"""Models: which published parts there are, and fetching, bringing in, checking and removing them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, jsonify, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, JobError, NotFoundError
from spotid.places import user_path
from spotid.web.common import absolute, body, text
from spotid.web.tongues import say
from spotid.weights import bring, catalogue, keep, licences, own, shelf, wishes
from spotid.weights.catalogue import Weight
from spotid.weights.errands import Errand, Errands
from spotid.weights.shelf import Model

pages = Blueprint("models", __name__)

AT_WORK = "models"
MOST = 60  # models in one request
SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@pages.record_once
def begin(state: BlueprintSetupState) -> None:
    """Each application has one queue; its thread begins with the first errand."""
    state.app.extensions.setdefault(AT_WORK, Errands())


def errands() -> Errands:
    """The queue of this program."""
    found: Errands = current_app.extensions[AT_WORK]
    return found


@pages.get("/models")
def models_page() -> ResponseReturnValue:
    """Every model by its role."""
    return render_template("models.html", roles=catalogue.ROLES)


@pages.get("/api/models")
def listed() -> ResponseReturnValue:
    """Everything that the page shows."""
    return jsonify(_told())


@pages.get("/api/models/errands")
def under_way() -> ResponseReturnValue:
    """What is fetched or checked now; with ``since`` the reply waits a moment for news."""
    since = request.args.get("since", -1, type=int)
    if since >= 0:
        errands().wait(since, 0.7)
    return jsonify(errands().state())


@pages.post("/api/models/model-get")
def get() -> ResponseReturnValue:
    """Fetch models, one after another. The notices of their licences must be accepted, now or before."""
    content = body()
    names, accepted = content.get("names"), content.get("accepted", [])
    if not isinstance(names, list) or not names or len(names) > MOST or not all(isinstance(one, str) for one in names):
        raise BadRequestError("No model was named.", "Choose one on the page.")
    if not isinstance(accepted, list) or not all(isinstance(one, str) for one in accepted):
        raise BadRequestError("The licences could not be understood.", "Reload the page and try again.")
    trusting = content.get("sha256", "")
    if trusting and (not isinstance(trusting, str) or not SHA256.fullmatch(trusting.strip())):
        raise BadRequestError("This is no SHA-256.", "It has 64 digits and letters from a to f.")
    wanted = [shelf.model(name) for name in names]
    if any(one.own for one in wanted):
        raise BadRequestError("A model of your own has no address.", "Bring it in from its folder.")
    if wishes.read().offline:
        raise BadRequestError(
            "SpotID was told to stay offline, so nothing is fetched.", "Allow downloads first, or use a stick."
        )
    licences.accept([file for one in wanted for file in shelf.missing(one)], accepted)
    for one in wanted:
        errands().want(Errand("get", one.name, trusting.strip() if len(wanted) == 1 else ""))
    return jsonify(_told())


@pages.post("/api/models/model-check")
def check() -> ResponseReturnValue:
    """Compare every byte of a model."""
    errands().want(Errand("check", shelf.model(text(body(), "name", "The model", longest=80)).name))
    return jsonify(_told())


@pages.post("/api/models/model-bring")
def bring_in() -> ResponseReturnValue:
    """Take models from a folder, a stick, one file, or the TOML of a model of one's own."""
    content = body()
    path = absolute(text(content, "path", "The folder"), "The folder")
    if not path.exists():
        raise NotFoundError(f"There is nothing at “{path}”.", "Plug in its disk, or check the path.")
    if path.suffix.lower() == ".toml" and bring.risky(path) and content.get("trusted") is not True:
        return jsonify(_told() | {"ask": bring.TRUST})
    errands().want(Errand("import", str(path)))
    return jsonify(_told())


@pages.post("/api/models/model-remove")
def remove() -> ResponseReturnValue:
    """Remove a model's files; embeddings and answers of projects stay."""
    model = shelf.model(text(body(), "name", "The model", longest=80))
    if errands().busy(model.name):
        raise JobError(f"“{model.name}” is at work.", "Cancel that first.")
    freed = bring.remove(model)
    errands().forget(model.name)
    return jsonify(_told() | {"freed": freed})


@pages.post("/api/models/model-stop")
def cancel() -> ResponseReturnValue:
    """Stop what is under way under this name, or everything."""
    name = body().get("name", "")
    errands().cancel(name if isinstance(name, str) else "")
    return jsonify(_told())


@pages.post("/api/models/model-ways")
def wish() -> ResponseReturnValue:
    """Offline or not, a mirror, a proxy."""
    content = body()
    said: dict[str, Any] = {}
    for word in ("mirror", "proxy"):
        if word in content:
            if not isinstance(content[word], str) or len(content[word]) > 500:
                raise BadRequestError("This address can't be used.", "Check what was typed.")
            said[word] = content[word]
    if "offline" in content:
        said["offline"] = content["offline"] is True
    if said.get("offline"):
        errands().cancel()
    wishes.write(**said)
    return jsonify(_told())


def _told() -> dict[str, Any]:
    now, folder = wishes.read(), shelf.folder()
    home = next((one for one in (folder, *folder.parents) if one.exists()), user_path())
    models = list(shelf.models().values())
    packages = sorted({name for one in models for name in shelf.lacking(one)} & shelf.USUAL)
    return {
        "models": [_model(one) for one in models],
        "faults": [{"name": file, "sentence": fault.sentence} for file, fault in own.faults(folder).items()],
        "errands": errands().state(),
        "folder": str(folder),
        "free": shutil.disk_usage(home).free if home.exists() else None,
        "packages": packages,
        "wishes": {"offline": now.offline, "mirror": now.mirror, "proxy": now.proxy, "fixed": list(now.fixed)},
    }


def _model(model: Model) -> dict[str, Any]:
    files = [_file(one) for one in model.weights]
    lacking, arrived = shelf.missing(model), sum(one["arrived"] for one in files)
    first = model.weights[0]
    return {
        "name": model.name,
        "role": model.role,
        "about": model.about,
        "own": model.own,
        "basic": all(one.bundled for one in model.weights),
        "state": "here" if not lacking else "partly" if arrived or len(lacking) < len(files) else "not",
        "needs": list(shelf.lacking(model)),
        "bytes": sum(one["bytes"] for one in files),
        "exact": all(one.bytes for one in model.weights) or not lacking,
        "whole": all(one["bytes"] for one in files),
        "arrived": arrived,
        "commercial": licences.commercial(model.weights),
        "licences": [
            {
                "key": one.key,
                "title": say(one.title),
                "notice": one.notice,
                "page": one.page,
                "commercial": one.commercial,
            }
            for one in licences.together(model.weights)
        ],
        "accept": [one.key for one in licences.to_accept(lacking)],
        "cite": first.cite,
        "source": first.source,
        "removable": any(Path(keep.place(one, shelf.folder())).exists() for one in model.weights) or arrived > 0,
        "files": files,
    }


def _file(weight: Weight) -> dict[str, Any]:
    home = shelf.home_of(weight)
    path = keep.place(weight, home or shelf.folder())
    note = keep.read_json(keep.note_of(path)) if home else {}
    part = keep.part_of(keep.place(weight, shelf.folder()))
    return {
        "name": weight.name,
        "file": weight.file,
        "bytes": path.stat().st_size if home else weight.size,
        "arrived": part.stat().st_size if not home and part.is_file() else 0,
        "here": home is not None,
        "host": urlsplit(weight.url).hostname or "",
        "sure": "here"
        if home
        else "known"
        if any(one.confirmed for one in weight.sums)
        else "one"
        if weight.sums
        else "",
        "how": str(note.get("how", "")),
        "sha256": str(note.get("sha256", "")),
        "from": str(note.get("source", "")),
    }
