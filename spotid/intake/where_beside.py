"""Places of stations to each other, without a map: x and y in metres or kilometres from any one point."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from spotid.errors import BadRequestError
from spotid.intake.sheet_heads import plain
from spotid.project.stations_beside import UNITS
from spotid.project.stations_kept import check_beside

Beside = tuple[float, float]  # metres to the east, metres to the north
ADVICE = "Write two numbers, metres or kilometres from any one point: 1200 and -350."
_HEADS = {
    "m": (("xm", "ym"), ("xmetres", "ymetres"), ("xmeters", "ymeters"), ("xmetros", "ymetros")),
    "km": (("xkm", "ykm"), ("xkilometres", "ykilometres"), ("xkilometers", "ykilometers")),
    "": (("relativex", "relativey"), ("relx", "rely"), ("xrelative", "yrelative"), ("xrel", "yrel")),
}
_GROUPED = re.compile(r"-?\d{1,3},\d{3}")  # nobody writes metres with a decimal comma and three decimals
_THOUSANDS = re.compile(r"[\s\u202f\u00a0']")


def columns(heads: Sequence[str]) -> tuple[int, int, str] | None:
    """Where the columns of x and y are, and their unit ("m", "km", or "" where their heads do not tell); or None."""
    words = [plain(head) for head in heads]
    for unit, several in _HEADS.items():
        for x, y in several:
            if x in words and y in words:
                return words.index(x), words.index(y), unit
    return None


def beside(x: str, y: str, unit: str) -> Beside:
    """The place of two cells, in metres; ``unit``: "m" or "km". Raises BadRequestError where they tell none."""
    one, other = _number(x, unit), _number(y, unit)
    if one is None or other is None:
        raise BadRequestError(f"“{x.strip()[:20]} / {y.strip()[:20]}” are no numbers.", ADVICE)
    east, north = one * UNITS[unit], other * UNITS[unit]
    check_beside(east, north)
    return round(east, 2), round(north, 2)


def _number(text: str, unit: str) -> float | None:
    """A number with a decimal point or comma; with both, the last of them is the decimal one. 1,200 m are 1200."""
    written = re.sub(r"(?i)k?m$", "", _THOUSANDS.sub("", text.strip()).replace("\u2212", "-"))
    last = max(written.rfind("."), written.rfind(","))
    if written.count(",") + written.count(".") > 1:
        again = written[last] in written[:last]  # one sign twice parts thousands
        whole = re.sub(r"[.,]", "", written if again else written[:last])
        written = whole if again else f"{whole}.{written[last + 1 :]}"
    if unit == "m" and _GROUPED.fullmatch(written):
        written = written.replace(",", "")
    try:
        value = float(written.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
