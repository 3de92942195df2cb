"""The licences of weight files in words for people, and which of their notices have been accepted on this computer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from spotid.errors import BadRequestError
from spotid.weights import wishes
from spotid.weights.catalogue import Weight


@dataclass(frozen=True, slots=True)
class Licence:
    """``key`` is what its acceptance is noted under; ``commercial`` is yes, no or ask; ``notice`` says what it asks."""

    key: str
    title: str
    commercial: str
    notice: str
    page: str = ""


KNOWN: dict[str, tuple[str, str, str]] = {
    "Apache-2.0": (
        "Apache License 2.0",
        "yes",
        "Free for every use. Whoever passes the file on keeps the licence and the notices with it.",
    ),
    "BSD-3-Clause": (
        "BSD License (3 clauses)",
        "yes",
        "Free for every use. Whoever passes the file on keeps the licence with it.",
    ),
    "MIT": ("MIT License", "yes", "Free for every use. Whoever passes the file on keeps the licence with it."),
    "AGPL-3.0-only": (
        "GNU Affero General Public License 3",
        "yes",
        "Free for every use. Whoever passes on a program with it, or offers it over a network, gives its source, too.",
    ),
    "GPL-3.0-only": (
        "GNU General Public License 3",
        "yes",
        "Free for every use. Whoever passes on a program with it gives its source as well.",
    ),
    "CC-BY-SA-4.0": (
        "Creative Commons Attribution-ShareAlike 4.0",
        "yes",
        "Free for every use. Name its makers; whoever passes on a changed version does so under the same licence.",
    ),
    "CC-BY-NC-4.0": (
        "Creative Commons Attribution-NonCommercial 4.0",
        "no",
        "Not for commercial use: research and conservation without profit only. Name its makers.",
    ),
    "LicenseRef-DINOv3": (
        "DINOv3 License",
        "yes",
        "Its makers' own licence: commercial use is allowed, some fields of use are barred, and its terms go on to"
        " whatever is made from it. Read it before you accept it.",
    ),
    "LicenseRef-all-rights-reserved": (
        "No licence published",
        "ask",
        "Its makers have published no licence, so all rights are theirs: ask them before you use it. Never pass the"
        " file on.",
    ),
    "LicenseRef-own": ("Your own", "ask", "You have added this file yourself; whose it is, you know best."),
}
ORDER = ("no", "ask", "yes")  # the strictest first


def of(weight: Weight) -> tuple[Licence, ...]:
    """The licences that hold for one file: several where its makers built on the work of others."""
    found = []
    for name in weight.licence.split(" AND "):
        known = (name, "ask", "A licence that SpotID has no words for: read it before you use the file.")
        title, commercial, notice = KNOWN.get(name, known)
        # What has no licence is asked for anew with each maker.
        key = f"{name} {weight.source}" if name == "LicenseRef-all-rights-reserved" else name
        found.append(Licence(key, title, commercial, notice, weight.licence_page))
    return tuple(found)


def together(weights: Iterable[Weight]) -> list[Licence]:
    """The licences of several files, each once."""
    return list({one.key: one for weight in weights for one in of(weight)}.values())


def commercial(weights: Iterable[Weight]) -> str:
    """Whether files may be used commercially together: the strictest of their licences counts."""
    said = [one.commercial for one in together(weights)]
    return min(said, key=ORDER.index, default="yes")


def to_accept(weights: Iterable[Weight]) -> list[Licence]:
    """The licences whose notice has not been accepted yet on this computer."""
    accepted = wishes.accepted()
    return [one for one in together(weights) if one.key not in accepted and one.key != "LicenseRef-own"]


def accept(weights: Iterable[Weight], keys: Iterable[str], today: date | None = None) -> None:
    """Note what a person accepts among the licences of these files.

    Raises BadRequestError where one of them is neither accepted now nor was before.
    """
    said, open_ones = set(keys), to_accept(weights)
    if left := [one.title for one in open_ones if one.key not in said]:
        raise BadRequestError(
            f"The notice of a licence has not been accepted: {', '.join(left)}.", "Read it and accept it first."
        )
    wishes.accept([one.key for one in open_ones], (today or date.today()).isoformat())
