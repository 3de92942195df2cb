"""What the original SpotID left, opened from the start page: a project is made of it, and told what could not be."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue

from spotid.jobs import original as converting
from spotid.project.layout import looks_like_project
from spotid.web.common import bench, body, folder

pages = Blueprint("original", __name__)


@pages.post("/api/projects/original")
def convert() -> ResponseReturnValue:
    """Convert, and open the project; one that was made of this folder before is only opened."""
    content = body()
    source = folder(content, "path", "The folder")
    crops = folder(content, "crops", "The folder of crops") if content.get("crops") else None
    matches: Path | None = folder(content, "matches", "The database of matches") if content.get("matches") else None
    sentences: list[str] = []
    made = converting.target_of(source)
    if not looks_like_project(made):
        sure = content.get("sure") is True
        sentences = converting.convert(source, None, crops, matches, sure=sure, settings=bench().settings).sentences()
    project = bench().open(made)
    page = "review.review" if bench().desk(project.id).queue.anchors else "shelves.dashboard"
    return jsonify(url=url_for(page, project_id=project.id), sentences=sentences)
