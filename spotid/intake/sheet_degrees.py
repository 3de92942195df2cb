"""The columns of latitude and longitude: decimal commas, degrees and minutes, hemispheres, and columns swapped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from spotid.intake.sheet_cells import Cell
from spotid.intake.sheet_dates import MISSING
from spotid.intake.sheet_parts import EXAMPLES, Answers, Reading, Understood, counted

Where = tuple[float | None, float | None, str]  # latitude, longitude, a remark or nothing
_ANGLE = re.compile(
    r"(?P<before>[nsew])? *(?P<sign>[+-])? *(?P<d>\d+(?:[.,]\d+)?(?:e-?\d+)?) *[°º]?"
    r"(?: *(?P<m>\d+(?:[.,]\d+)?) *['′’]?)?(?: *(?P<s>\d+(?:[.,]\d+)?) *(?:[\"″”]|''|′′)?)? *(?P<after>[nsewo])?"
)


def degrees(cell: Cell) -> float | None:
    """Degrees that a cell tells, south and west negative; None where it tells none."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    plain = unicodedata.normalize("NFKC", str(cell)).strip().lower().replace("−", "-").replace("–", "-")
    match = _ANGLE.fullmatch(plain)
    if match is None or (match["before"] and match["after"]):
        return None
    parts = [float(match[key].replace(",", ".")) if match[key] else 0.0 for key in ("d", "m", "s")]
    if max(parts[1:]) >= 60:
        return None
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    side = match["before"] or match["after"] or ""
    if side and match["sign"] == "-":
        return None  # twice negative, or a slip: nobody can tell
    return -value if match["sign"] == "-" or side in ("s", "w", "o") else value


def read_places(
    latitudes: Sequence[Cell], longitudes: Sequence[Cell], answers: Answers, understood: list[Understood]
) -> list[Where]:
    """Where each line was taken. ``answers``: ``places`` ("as named" or "swapped")."""
    pairs = [(degrees(one), degrees(other)) for one, other in zip(latitudes, longitudes, strict=True)]
    whole = [(lat, lon) for lat, lon in pairs if lat is not None and lon is not None]
    wrong = sum(abs(lat) > 90 >= abs(lon) and abs(lat) <= 180 for lat, lon in whole)
    chosen = answers.get("places", "")
    if chosen not in ("as named", "swapped"):
        chosen = "swapped" if wrong and wrong * 2 > len(whole) else "as named"
    _tell(latitudes, longitudes, pairs, chosen, wrong, understood)
    return [
        _where(lat, lon, pair, chosen == "swapped") for lat, lon, pair in zip(latitudes, longitudes, pairs, strict=True)
    ]


def _tell(
    latitudes: Sequence[Cell],
    longitudes: Sequence[Cell],
    pairs: Sequence[tuple[float | None, float | None]],
    chosen: str,
    wrong: int,
    understood: list[Understood],
) -> None:
    written = [
        (lat, lon, pair) for lat, lon, pair in zip(latitudes, longitudes, pairs, strict=True) if None not in pair
    ]
    if not written:
        return

    def examples(swapped: bool) -> tuple[tuple[str, str], ...]:
        shown = []
        for lat, lon, pair in written[:EXAMPLES]:
            one, other = (pair[1], pair[0]) if swapped else pair
            shown.append((f"{lat} / {lon}", f"latitude {one:.5f}, longitude {other:.5f}"))
        return tuple(shown)

    readings = (
        Reading("as named", "the columns as they are named", examples(False)),
        Reading("swapped", "the two columns swapped", examples(True)),
    )
    commas = any("," in str(cell) for lat, lon, _ in written for cell in (lat, lon))
    sentence = "Places are degrees" + (" with decimal commas" if commas else "") + ", north and east positive."
    if wrong:
        sentence += f" {counted(wrong, 'latitude')} beyond 90 degrees: latitude and longitude are probably swapped."
    own = readings[chosen == "swapped"]
    understood.append(Understood("places", sentence, chosen, own.examples, readings, asks=bool(wrong)))


def _where(lat: Cell, lon: Cell, pair: tuple[float | None, float | None], swapped: bool) -> Where:
    told = [str(cell).strip() for cell in (lat, lon)]
    missing = [text.lower() in MISSING for text in told]
    if all(missing):
        return None, None, ""
    written = " / ".join(f"“{text[:30]}”" for text in told)
    if any(missing):
        return None, None, f"Only one of latitude and longitude is told ({written}); the line has no place."
    one, other = (pair[1], pair[0]) if swapped else pair
    if one is None or other is None:
        return None, None, f"{written} are no degrees; the line has no place."
    if abs(one) > 180 or abs(other) > 180:
        hint = " They may be metres of a map (UTM)." if min(abs(one), abs(other)) > 1000 else ""
        return None, None, f"{written} are no degrees; the line has no place.{hint}"
    if abs(one) > 90:
        return None, None, f"{written}: a latitude is at most 90 degrees; the line has no place."
    if one == 0 and other == 0:
        return None, None, f"{written} is what devices write that know no place; the line has none."
    return one, other, ""
