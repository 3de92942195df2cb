"""To which of a project's profiles each sighting belongs, as the pages need it: for all sightings at once."""

from __future__ import annotations

from spotid.jobs.stages import Line


def kinds_of(line: Line) -> dict[str, int]:
    """Sighting → the place of its profile among the project's, for all that are not of the first."""
    if not line.others:
        return {}
    routing, place = line.routing, {one.name: at for at, one in enumerate(line.all_profiles)}
    rows = line.project.store.all("SELECT uid, species FROM sighting")
    return {row["uid"]: at for row in rows if (at := place[routing.of(row["species"]).name])}
