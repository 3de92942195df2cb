"""The stations of an unsorted collection as the run will read them: from its table, its folders, its files' names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path

from spotid.errors import SpotIDError
from spotid.intake import stations
from spotid.intake.collect import STATIONS_FILES
from spotid.intake.listing import Listing
from spotid.intake.plan import Counted
from spotid.intake.station_table import read_stations
from spotid.project.inside import inside


def seen(images: Path, files: Listing, known: Collection[str] = ()) -> list[Counted]:
    """Every station with its files. ``known``: the project's own. Nothing where a table of stations is packed in a ZIP,
    because its names decide; the run reads it."""
    names = {name.lower() for name in known}
    tables = [name for name in STATIONS_FILES if any(one.path == name for one in files.files)]
    if tables and not images.is_dir():
        return []
    for table in tables[:1]:
        try:
            names |= {row.station.lower() for row in read_stations(inside(images / table, images))}
        except (SpotIDError, OSError):
            break  # the run says what is wrong with it
    told = (stations.place(one.path, stations.AUTO, None, frozenset(names)).station for one in files.originals())
    return [Counted(name, count) for name, count in sorted(Counter(name for name in told if name).items())]
