"""Time for what follows from stations, deployments and clocks, in a project of many photographs.

    python benchmarks/settling.py --photographs 100000

Makes rows alone (no pictures): stations with two cameras each, half a year of photographs, some outside their
deployments. Seconds of the processor, so that other programs do not count.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spotid.project import clocks, deployments, effort, effort_chart, stations_kept, stations_told
from spotid.project.folder import create_project
from spotid.project.stations_told import Line
from spotid.project.store import Store

STATIONS = 150
START = datetime(2019, 3, 1)


def fill(store: Store, photographs: int) -> None:
    """Put the rows in."""
    apart = timedelta(days=200) / photographs
    with store.write() as connection:
        connection.execute("INSERT INTO root (path) VALUES ('/nowhere')")
        connection.executemany("INSERT INTO station (name) VALUES (?)", [(f"S{n:03d}",) for n in range(STATIONS)])
        for number in range(photographs):
            clock = (START + number * apart).isoformat(timespec="seconds")
            station, camera = number % STATIONS, "AB"[number // STATIONS % 2]
            connection.execute(
                "INSERT INTO media (uid, root_id, relpath, bytes, modified_ns, width, height, clock_at, captured_at,"
                " time_source, station_id, station_by, camera, state)"
                " VALUES (?, 1, ?, 1, 1, 10, 10, ?, ?, 'exif', ?, 'folder', ?, 'animal')",
                (f"u{number}", f"S{station:03d}/{camera}/{number}.jpg", clock, clock, station + 1, camera),
            )


def timed(what: str, work: Callable[[], object]) -> None:
    """Do it and say how long it took."""
    begin = time.process_time()
    work()
    print(f"{what:<44} {time.process_time() - begin:6.2f} s", flush=True)


def main() -> None:
    """Fill a project and time what is done with it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photographs", type=int, default=100_000)
    photographs = parser.parse_args().photographs
    with tempfile.TemporaryDirectory() as folder:
        project = create_project(Path(folder) / "project")
        store = project.store
        fill(store, photographs)
        table = [
            Line(f"S{n:03d}", camera, 38.1, 75.1, "2019-03-01", "2019-08-01")
            for n in range(STATIONS)
            for camera in "AB"
        ]
        timed("settled for the first time", lambda: clocks.settle(store, 30))
        timed("settled again, nothing to do", lambda: clocks.settle(store, 30))
        timed("a table read", lambda: stations_told.keep_table(store, table))
        timed("settled after it", lambda: clocks.settle(store, 30))
        timed("settled again, a quarter outside", lambda: clocks.settle(store, 30))
        first = deployments.deployments(store)[0].id
        timed("a clock's correction seen beforehand", lambda: clocks.preview(store, first, 3600))
        timed("said and settled", lambda: (clocks.say(store, first, 3600), clocks.settle(store, 30)))
        timed("list of stations", lambda: stations_kept.stations(store))
        timed("list of deployments", lambda: deployments.deployments(store))
        timed("list of clocks", lambda: clocks.clocks(store))
        timed("effort by station", lambda: effort.by_station(store))
        timed("effort chart", lambda: effort_chart.chart(store))
        project.close()


if __name__ == "__main__":
    main()
