"""The heads of a table of stations: the words that people and programs use for its columns."""

from __future__ import annotations

from collections.abc import Sequence

from spotid.intake.sheet_heads import plain

WORDS = {
    "station": (
        *("station", "stationid", "stationname", "site", "siteid", "sitename", "locality", "localityname", "location"),
        *("locationid", "locationname", "trap", "trapid", "placename", "estacion", "sitio"),
    ),
    "camera": ("camera", "cameraid", "cam", "camid", "camara", "unit", "side"),
    "latitude": ("latitude", "lat", "decimallatitude", "latitud", "gpslatitude", "latitudewgs84"),
    "longitude": ("longitude", "lon", "lng", "long", "decimallongitude", "longitud", "gpslongitude", "longitudewgs84"),
    "easting": ("easting", "utmx", "utme", "utmeasting", "xutm", "x", "xcoord", "gpsx", "este"),
    "northing": ("northing", "utmy", "utmn", "utmnorthing", "yutm", "y", "ycoord", "gpsy", "norte"),
    "epsg": ("epsg", "epsgcode", "crs", "srid", "srs", "projection", "zone", "utmzone", "zona", "zonautm", "datum"),
    "coordinates": (
        "coordinates",
        "coordinate",
        "coords",
        "position",
        "gps",
        "latlon",
        "latlong",
        "utm",
        "coordenadas",
    ),
    "start": (
        *("start", "startdate", "starts", "from", "begin", "setup", "setupdate", "setupday", "deployed"),
        *("deploymentstart", "dateset", "dateinstalled", "installed", "inicio", "fechainicio"),
    ),
    "end": (
        *("end", "enddate", "ends", "to", "until", "retrieval", "retrievaldate", "retrieved", "removed"),
        *("deploymentend", "dateremoved", "datetaken", "pickup", "pickupdate", "fin", "fechafin"),
    ),
}


def columns(heads: Sequence[str]) -> dict[str, int]:
    """Column → its place. Of two columns for one thing the first by the order of words counts, then by place."""
    words = [plain(head) for head in heads]
    found = {}
    for column, known in WORDS.items():
        place = next((words.index(word) for word in known if word in words), None)
        if place is not None:
            found[column] = place
    return found


def outages(heads: Sequence[str]) -> list[tuple[int, int]]:
    """Places of the columns ``problem1_from``, ``problem1_to`` (or outage…) and so on: pairs of when a camera stopped
    and when it worked again."""
    words = [plain(head) for head in heads]
    found = []
    for place, word in enumerate(words):
        for stem in ("problem", "outage"):
            number = word.removeprefix(stem).removesuffix("from")
            if word.startswith(stem) and word.endswith("from") and (number == "" or number.isdigit()):
                other = f"{stem}{number}to"
                if other in words:
                    found.append((place, words.index(other)))
    return found
