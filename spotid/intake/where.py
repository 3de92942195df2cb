"""Places as people write them: degrees in any form, or metres of a map with the number of its projection (EPSG).

Metres are turned into degrees by PROJ (https://proj.org) from what it brings along; its network is switched off. A
place outside the area for which its projection is made is refused: the number is wrong, or the columns are swapped.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from spotid.errors import BadRequestError
from spotid.intake.sheet_degrees import degrees

if TYPE_CHECKING:
    from pyproj import CRS

Where = tuple[float, float]  # latitude, longitude in degrees (WGS 84)
DIGITS = 6  # behind the point: a tenth of a metre
BEYOND = 1.0  # degrees beyond the area of a projection; areas are drawn roughly
_ADVICE = "Write degrees as 38.1234 or 38°07'24\"N; or metres with the number of their projection, as in EPSG:32643."
_ZONE = re.compile(r"(?:utm|zone|wgs ?84)?[ :/_-]*(?:utm|zone)?[ :/_-]*(\d{1,2}) *([c-hj-np-x])(?:orth|outh)?", re.I)
_UTM = re.compile(r"(?:utm *)?(?:zone *)?(\d{1,2} *[c-hj-np-x])[ ,;]+(\d[\d.,]*\d)[ m,;]+(\d[\d.,]*\d)(?: *m)?", re.I)
# Band S lies north of the equator (32 to 40 degrees), but S also stands for "south". With the northings of that band,
# the south is open sea but for the tip of South America.
_BAND_S, _LAND_SOUTH = (3_500_000.0, 4_450_000.0), range(18, 22)


def where(latitude: str, longitude: str) -> Where:
    """The place of two cells in degrees. Raises BadRequestError where they tell none."""
    told = f"“{latitude.strip()[:40]} / {longitude.strip()[:40]}”"
    one, other = degrees(latitude), degrees(longitude)
    if one is None or other is None or not (math.isfinite(one) and math.isfinite(other)):
        raise BadRequestError(f"{told} are no degrees.", _ADVICE)
    return _checked(one, other, told)


def projected(easting: str, northing: str, epsg: str) -> Where:
    """The place of two cells in metres; ``epsg``: "32643", "EPSG:32643", or a zone of UTM, "43N". As ``where``."""
    told = f"“{easting.strip()[:20]} / {northing.strip()[:20]}” in “{epsg.strip()[:30] or '?'}”"
    x, y = _metres(easting), _metres(northing)
    if x is None or y is None:
        raise BadRequestError(f"{told} are no metres of a map.", _ADVICE)
    number = _number(epsg, y)
    if number is None:
        raise BadRequestError(
            f"{told}: “{epsg.strip()[:30]}” names no projection.",
            "Write its EPSG number, 32643 for instance, or the zone of UTM with its hemisphere, 43N.",
        )
    known = _projection(number)
    if known is None:
        raise BadRequestError(f"{told}: PROJ knows no EPSG:{number}.", "Look the number up on epsg.io.")
    crs, transformer = known
    if crs.is_geographic:
        return _checked(y, x, told)
    lon, lat = transformer.transform(x, y)
    if not (math.isfinite(lat) and math.isfinite(lon)) or not _in_area(crs, lat, lon):
        turned = transformer.transform(y, x)
        hint = " The two may be in each other's place." if _in_area(crs, turned[1], turned[0]) else ""
        raise BadRequestError(
            f"{told} is outside the area of EPSG:{number}.{hint}", "Look at the number, the zone and the order."
        )
    return _checked(lat, lon, told)


def parsed(text: str) -> Where:
    """The place that one field tells: "38.1, 73.9", "38°6'N 73°54'E" or "43N 402000 4217000". Raises as ``where``."""
    plain = " ".join(text.split())
    utm = _UTM.fullmatch(plain)
    if utm:
        return projected(utm[2], utm[3], utm[1])
    for pattern in (r" *; *| *, (?=\S)|\t", r"(?<=[nsNS])[ ,]+", r",", r"(?<=[°'\"0-9]) +(?=[-+\d])"):
        parts = re.split(pattern, plain)
        if len(parts) == 2:
            try:
                return where(*parts)
            except BadRequestError:
                if degrees(parts[0]) is not None and degrees(parts[1]) is not None:
                    raise
    raise BadRequestError(f"“{plain[:60]}” tells no place.", _ADVICE)


def _checked(latitude: float, longitude: float, told: str) -> Where:
    if abs(latitude) <= 180 and abs(longitude) <= 90 < abs(latitude):
        raise BadRequestError(
            f"{told}: a latitude is at most 90 degrees; the two may be in each other's place.", _ADVICE
        )
    if abs(latitude) > 90 or abs(longitude) > 180:
        metres = " They may be metres of a map (UTM)." if min(abs(latitude), abs(longitude)) > 1000 else ""
        raise BadRequestError(f"{told} are no degrees.{metres}", _ADVICE)
    if latitude == 0 and longitude == 0:
        raise BadRequestError(f"{told} is what devices write that know no place.", "Leave the cells empty.")
    return round(latitude, DIGITS), round(longitude, DIGITS)


def _metres(text: str) -> float | None:
    """A number of metres: with a decimal comma, or with commas, points or spaces between thousands."""
    plain = re.sub(r"[\s\u202f\u00a0']|m(?:e|n)?$", "", text.strip().lower())
    if re.fullmatch(r"-?\d{1,3}(?:[.,]\d{3}){2,}", plain):
        plain = re.sub(r"[.,]", "", plain)
    elif re.fullmatch(r"-?\d{1,3}(?:,\d{3})+\.\d+|-?\d{1,3}(?:\.\d{3})+,\d+", plain):
        last = max(plain.rfind(","), plain.rfind("."))
        plain = re.sub(r"[.,]", "", plain[:last]) + "." + plain[last + 1 :]
    elif re.fullmatch(r"-?\d{3}[.,]\d{3}", plain):
        plain = re.sub(r"[.,]", "", plain)  # an easting: nobody writes one with three decimals and three digits before
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _number(text: str, northing: float) -> int | None:
    plain = text.strip()
    code = re.fullmatch(r"(?:urn:ogc:def:crs:)?(?:epsg)?[ :]*(\d{4,6})", plain, re.I)
    if code:
        return int(code[1])
    zone = _ZONE.fullmatch(plain)
    if not zone or not 1 <= int(zone[1]) <= 60:
        return None
    number, letter = int(zone[1]), zone[2].upper()
    north = letter >= "N"
    if letter == "S":
        north = _BAND_S[0] <= northing <= _BAND_S[1] and number not in _LAND_SOUTH
    return (32600 if north else 32700) + number


@lru_cache(maxsize=64)
def _projection(number: int) -> tuple[CRS, Any] | None:
    import pyproj
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    pyproj.network.set_network_enabled(False)
    try:
        crs = CRS.from_epsg(number)
        return crs, Transformer.from_crs(crs, CRS.from_epsg(4326), always_xy=True)
    except ProjError:
        return None


def _in_area(crs: CRS, latitude: float, longitude: float) -> bool:
    area = crs.area_of_use
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return False
    if area is None:
        return True
    wide = (area.east - area.west) % 360.0 or 360.0
    beyond = (longitude - area.west + BEYOND) % 360.0
    return area.south - BEYOND <= latitude <= area.north + BEYOND and beyond <= wide + 2 * BEYOND
