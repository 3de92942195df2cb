"""Export: one folder per individual, and the tables."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from spotid.export.folders import default_folder
from spotid.project import results, sightings
from spotid.web.common import bench, body, folder, shown
from spotid.web.run import describe

pages = Blueprint("export", __name__)


@pages.get("/project/<project_id>/export")
def export(project_id: str) -> ResponseReturnValue:
    """Writing one folder per individual, and the tables."""
    project = bench().project(project_id)
    known = results.individuals(project.store)
    identified = sum(row["n"] for row in known)
    return render_template(
        "export.html",
        project=shown(project),
        folder=str(default_folder(project)),
        counts={
            "individuals": len(known),
            "sightings_identified": identified,
            "sightings_unidentified": sightings.count(project.store) - identified,
            "conflicts": len(bench().desk(project_id).identities.conflicts()),
        },
        last=[
            {
                "path": row["folder"],
                "written_at": row["written_at"],
                "individuals": row["individuals"],
                "files": row["files"],
            }
            for row in results.exports(project.store)
        ],
    )


@pages.post("/api/project/<project_id>/export")
def start(project_id: str) -> ResponseReturnValue:
    """Start the export; the job's state tells the rest."""
    project = bench().project(project_id)
    content = body()
    bench().export(project, folder(content, "folder", "The folder"), coordinates=content.get("coordinates") is True)
    return jsonify(describe(project, bench().jobs))
