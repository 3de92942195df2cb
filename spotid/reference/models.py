"""Every published model that SpotID can use, and the profiles that name them."""

from __future__ import annotations

from collections.abc import Iterable

from spotid.reference import marks
from spotid.weights import licences, shelf
from spotid.weights.catalogue import ROLES, Weight
from spotid.weights.shelf import Model

LEAD = """\
The published models that SpotID can use, once a person has fetched them: on the page *Models*, or with
`spotid models get NAME`. None comes with the core program, which does its whole job without them. Each line says what
is known of the file without having it: sizes and sums are what public code and pages say of it, and a file of which
nobody published a sum is believed the first time and compared ever after."""
TITLES = {
    "detector": "Detectors",
    "cut-out": "Cut-outs",
    "embedder": "Encoders",
    "local matcher": "Local matchers",
    "species": "Species",
}
COMMERCIAL = {"yes": "yes", "no": "no", "ask": "ask its makers"}


def page() -> str:
    """The page, as Markdown."""
    models = list(shelf.shipped().values())
    parts = [
        marks.chapter(
            TITLES[role],
            "",
            marks.table(
                ("name", "what it is", "size", "sum published by", "licence", "commercial use"),
                [_line(one) for one in models if one.role == role],
            ),
        )
        for role in ROLES
    ]
    parts.append(marks.chapter("Whom to cite", "", _cited(models)))
    return marks.page("Models", LEAD, *parts)


def _line(model: Model) -> tuple[str, ...]:
    told = " and ".join(dict.fromkeys(f"[{one.licence}]({one.licence_page})" for one in model.weights))
    return (
        marks.code(model.name),
        marks.plain(model.about),
        _size(model.weights),
        marks.plain(" and ".join(dict.fromkeys(one.sureness for one in model.weights))),
        told,
        COMMERCIAL[licences.commercial(model.weights)],
    )


def _size(weights: Iterable[Weight]) -> str:
    sizes = [one.bytes / 1e6 or one.megabytes for one in weights]
    if not all(sizes):
        return "not published"
    return f"{sum(sizes):,.0f} MB" if sum(sizes) >= 10 else f"{sum(sizes):,.1f} MB"


def _cited(models: Iterable[Model]) -> str:
    by: dict[str, list[str]] = {}
    for model in models:
        for one in model.weights:
            names = by.setdefault(one.cite, [])
            if model.name not in names:
                names.append(model.name)
    return "".join(f"- {', '.join(map(marks.code, names))}: {marks.plain(cite)}\n" for cite, names in by.items())
