"""From a classifier's likeliest labels to names that count: unsure ones are summed to their genus, family or order, and
animals that do not live in a country are left out.

The order of thought is that of SpeciesNet's ensemble (ensemble_prediction_combiner.py, geofence_utils.py of
google/cameratrapai, Apache-2.0): a species that is sure stands by itself; else the scores of the five likeliest are
added up genus by genus, then family by family, order by order and class by class, and the first sum that is sure
counts. A likeliest animal that does not live in the country makes way for its family or a higher group.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from spotid.prepare.parts import Named
from spotid.prepare.species.labels import Label

GENUS, FAMILY, CLASS = 3, 2, 0
Rules = Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]  # key of a taxon → "allow"/"block" → country → regions


def names(
    likeliest: Sequence[tuple[Label, float]],
    taxa: Mapping[str, Label],
    rules: Rules,
    country: str,
    least: float,
    ours: Collection[str] = (),
) -> list[Named]:
    """The names in the order in which they count, for ``likeliest`` labels with their scores, best first.

    ``taxa``: every group by its key. ``least``: the score that is sure. ``ours``: keys of groups that an animal told
    apart here belongs to.
    """
    if not likeliest:
        return []
    top, score = likeliest[0]
    barred = lives_not(top, rules, country)
    found = [] if barred else [Named(top.name, score, top.key, top.key in ours)]
    # Where a sure one does not live there, its genus is passed over, as in the original.
    for rank in range(FAMILY if barred and score >= least else GENUS, CLASS - 1, -1):
        best = _summed(likeliest, rank, taxa, rules, country)
        if best is not None and not (found and found[0].taxonomy == best[0].key):
            label, total = best
            found.append(Named(label.name, min(1.0, total), label.key, label.key in ours))
    return found


def _summed(
    likeliest: Sequence[tuple[Label, float]],
    rank: int,
    taxa: Mapping[str, Label],
    rules: Rules,
    country: str,
) -> tuple[Label, float] | None:
    """The group of this rank with the highest sum; groups that the list of taxa does not have are none."""
    sums: dict[str, float] = {}
    for label, score in likeliest:
        if (key := label.group(rank)) in taxa:
            sums[key] = sums.get(key, 0.0) + score
    fit = {key: total for key, total in sums.items() if not lives_not(taxa[key], rules, country)}
    if not fit:
        return None
    key = max(fit, key=lambda one: fit[one])
    return taxa[key], fit[key]


def lives_not(label: Label, rules: Rules, country: str) -> bool:
    """Whether the rules say that this animal does not live in the country; False without a rule or a country.

    Regions of a country are not known here: an animal of some regions counts as one of the country.
    """
    rule = rules.get(label.key) if country else None
    if not rule:
        return False
    allowed = rule.get("allow")
    if allowed and country not in allowed:
        return True
    blocked = rule.get("block") or {}
    return country in blocked and not blocked[country]
