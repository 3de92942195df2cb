"""Who answered what, how well reviewers agree, and bringing the answers of two laptops together."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.project import ledger_merge
from spotid.review import agreement_told
from spotid.review.merging import merge
from spotid.web.common import absolute, bench, body, shown, text

pages = Blueprint("reviewers", __name__)

MERGE_UID = re.compile(r"[0-9A-Za-z-]{8,64}")
EARLIER = ("title", "merged_at", "taken", "known")


@pages.get("/project/<project_id>/reviewers")
def page(project_id: str) -> ResponseReturnValue:
    """Who answered what, how far reviewers agree, and merging the answers of two laptops."""
    return render_template("reviewers.html", project=shown(bench().project(project_id)), page="reviewers")


@pages.get("/api/project/<project_id>/reviewers")
def told(project_id: str) -> ResponseReturnValue:
    """Answers by reviewer, agreement, and earlier merges."""
    return jsonify(_told(project_id))


@pages.post("/api/project/<project_id>/merge-preview")
def preview(project_id: str) -> ResponseReturnValue:
    """What would come of a merge; nothing is written."""
    return jsonify(report=_merge(project_id, keep=False))


@pages.post("/api/project/<project_id>/merge")
def bring(project_id: str) -> ResponseReturnValue:
    """Take over the answers of another project's folder, or of a backup's file."""
    report = _merge(project_id, keep=True)
    return jsonify(report=report, **_told(project_id))


def _merge(project_id: str, *, keep: bool) -> dict[str, Any]:
    content, desk = body(), bench().desk(project_id)
    path = absolute(text(content, "path", "The folder"), "The folder")
    uid = text(content, "uid", longest=64)
    if not MERGE_UID.fullmatch(uid):
        raise BadRequestError("The merge has no proper number.", "Reload the page and try again.")
    if not keep:
        return merge(desk.project, path, uid, sure=content.get("sure") is True, keep=False)
    with desk.lock:  # nobody answers meanwhile
        desk.fresh()
        report = merge(desk.project, path, uid, sure=content.get("sure") is True)
        desk.reload()
    return report


def _told(project_id: str) -> dict[str, Any]:
    store = bench().project(project_id).store
    merges = [{name: one[name] for name in EARLIER} for one in ledger_merge.merges(store)]
    return {**agreement_told.told(store), "merges": merges}
