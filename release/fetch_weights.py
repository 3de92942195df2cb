#!/usr/bin/env python3
"""Fetch the weights that the full flavour carries, for `release/build.py full --weights DIR`.

    python release/fetch_weights.py --to build/weights
    python release/fetch_weights.py --pin mdv1000-sorrel

The first form fetches only files whose SHA-256 is confirmed in spotid/weights/catalogue.toml, and writes their licences
and a weights.json beside them. The second downloads one file, shows the sums of the file and of its host, and writes
them into the list; the change is then looked at and committed like any other.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from spotid.errors import BadRequestError, SpotIDError  # noqa: E402
from spotid.weights import catalogue, hosts, keep  # noqa: E402
from spotid.weights.catalogue import Weight  # noqa: E402
from spotid.weights.fetch import Rules, Told, fetch, take  # noqa: E402
from spotid.weights.troubles import WrongSumError  # noqa: E402

TEXTS = Path(__file__).resolve().parent / "weight_licences"


def chosen(weights: dict[str, Weight], names: list[str]) -> list[Weight]:
    """The files to fetch. Raises BadRequestError for those that may not go into a bundle."""
    picked = [catalogue.find(name, weights) for name in names] or [one for one in weights.values() if one.bundled]
    kept_back = [one.name for one in picked if not one.travels]
    if kept_back:
        raise BadRequestError(
            f"The licence of {', '.join(kept_back)} does not let the file travel in a bundle.",
            "Leave it out; users fetch it themselves.",
        )
    unsure = [one.name for one in picked if not one.certain]
    if unsure:
        raise BadRequestError(
            f"No confirmed SHA-256 is known for {', '.join(unsure)}.",
            "Pin each one first, look at the change and commit it: "
            + "; ".join(f"python release/fetch_weights.py --pin {name}" for name in unsure),
        )
    return picked


def fetch_all(picked: list[Weight], to: Path, rules: Rules, stick: Path | None = None) -> None:
    """Fetch the files into ``to``, or take them from a folder, and write weights.json and the licences."""
    notes: list[dict[str, str | int]] = []
    total = 0
    for weight in picked:
        print(f"{weight.name}: {weight.file}, {weight.bytes / 1e6:,.1f} MB, {weight.licence}", flush=True)
        kept = take(weight, stick, to) if stick else fetch(weight, to, told=tell, rules=rules)
        print(f"  sha256 {kept.sha256}", flush=True)
        (kept.path.parent / "LICENCE.txt").write_text(licence(weight), encoding="utf-8")
        kept.path.with_name(kept.path.name + ".lock").unlink(missing_ok=True)
        total += kept.bytes
        notes.append(
            {
                "name": weight.name,
                "role": weight.role,
                "path": kept.path.relative_to(to).as_posix(),
                "bytes": kept.bytes,
                "sha256": kept.sha256,
                "licence": weight.licence,
                "url": weight.url,
                "source": weight.source,
                "cite": weight.cite,
            }
        )
    made = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps({"made_at": made, "weights": notes}, indent=1, ensure_ascii=False)
    (to / "weights.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(notes)} files, {total / 1e6:,.1f} MB, in {to}")


def licence(weight: Weight) -> str:
    """What stands in LICENCE.txt beside the file: whose it is, and the text where it is at hand."""
    text = TEXTS / f"{weight.licence}.txt"
    if weight.licence.startswith("AGPL-3.0"):
        text = ROOT / "LICENSE"
    head = (
        f"{weight.file}: {weight.about}\n\nLicence: {weight.licence}\n{weight.licence_page}\nSource: {weight.source}\n"
        f"Fetched from: {weight.url}\nPlease cite: {weight.cite}\n"
    )
    return head + (f"\n{text.read_text(encoding='utf-8')}" if text.exists() else "")


def pin(weight: Weight, listed: Path, rules: Rules, today: date) -> None:
    """Download the file, show its sums beside the host's, and write the SHA-256 into the list.

    Raises WrongSumError where the host's own sum or a confirmed one speaks against the bytes.
    """
    host = hosts.published(weight.url)
    with tempfile.TemporaryDirectory() as folder:
        bare = Weight(**{**{name: getattr(weight, name) for name in Weight.__slots__}, "sums": (), "bytes": 0})
        kept = fetch(bare, Path(folder), told=tell, rules=rules)
        found = keep.sums_of(kept.path)
        print(f"{weight.name}: {kept.bytes:,} bytes")
        for kind, value in found.items():
            known = weight.sum(kind)
            beside = [f"the host says {host[kind]}"] if kind in host else []
            beside += [f"the list says {known.value} ({known.sources} sources)"] if known else []
            print(f"  {kind:9} {value}" + "".join(f"\n{'':12}{said}" for said in beside))
        for kind, value in host.items():
            if found[kind] != value:
                raise WrongSumError(f"The host gives another {kind}: nothing is written.", "Download it once more.")
        keep.check(Weight(**{**{n: getattr(weight, n) for n in Weight.__slots__}, "sums": _sure(weight)}), kept.path)
    if not host:
        print("  The host publishes no sum of its own: compare with another download, from another network.")
    write_pin(listed, weight.name, found["sha256"], kept.bytes, today)
    print(f"Written into {listed}. Look at the change, then commit it.")


def _sure(weight: Weight) -> tuple[catalogue.Sum, ...]:
    return tuple(one for one in weight.sums if one.confirmed)


def write_pin(listed: Path, name: str, sha256: str, length: int, today: date) -> None:
    """Set sha256 and bytes in the file's table; every other line stays as it is."""
    lines = listed.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"[{name}]") + 1
    end = next((at for at in range(start, len(lines)) if re.match(r"\[|# -", lines[at])), len(lines))
    body = [line for line in lines[start:end] if not re.match(r"(sha256|bytes)\s*=", line)]
    at = next(index for index, line in enumerate(body) if line.startswith("url")) + 1
    body[at:at] = [
        f"bytes = {length}",
        f'sha256 = {{ value = "{sha256}", sources = 1, seen = "{today.isoformat()}" }}',
    ]
    text = "\n".join(lines[:start] + body + lines[end:]) + "\n"
    new = listed.with_name(listed.name + ".new")
    new.write_text(text, encoding="utf-8")
    catalogue.read(new)
    new.replace(listed)


def tell(step: Told) -> None:
    """A line a tenth of the way, so that a log stays readable."""
    if step.sentence:
        print(f"  {step.sentence}", flush=True)
    elif step.total and (step.done == step.total or step.done * 10 // step.total != tell.last):  # type: ignore[attr-defined]
        tell.last = step.done * 10 // step.total  # type: ignore[attr-defined]
        left = "" if step.seconds_left is None else f", {step.seconds_left:.0f} s left"
        print(f"  {step.done / 1e6:,.1f} of {step.total / 1e6:,.1f} MB{left}", flush=True)


tell.last = -1  # type: ignore[attr-defined]


def main(arguments: list[str] | None = None) -> int:
    """0 when everything is there; 1 with a sentence and what to do otherwise."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, metavar="DIR", help="folder that takes the files")
    parser.add_argument("--names", nargs="+", default=[], metavar="NAME", help="these instead of what the list bundles")
    parser.add_argument("--from", dest="stick", type=Path, metavar="DIR", help="take the files from a folder instead")
    parser.add_argument("--pin", metavar="NAME", help="download one file and write its sums into the list")
    parser.add_argument("--list", dest="show", action="store_true", help="show what the list holds; fetches nothing")
    parser.add_argument("--catalogue", type=Path, default=catalogue.LIST, metavar="FILE", help="another list")
    parser.add_argument("--local", action="store_true", help="let 127.0.0.1 be asked without https, for tests")
    options = parser.parse_args(arguments)
    if not (options.to or options.pin or options.show):
        parser.error("say where the files go with --to DIR, or use --pin NAME or --list")
    rules = Rules(local=options.local)
    try:
        weights = catalogue.read(options.catalogue)
        if options.show:
            for one in weights.values():
                size = f"{one.bytes / 1e6:,.1f} MB" if one.bytes else "?"
                travels = "bundled" if one.bundled else "may travel" if one.travels else "stays"
                print(f"{one.name:21} {one.role:14} {size:>11}  {one.sureness:24} {travels:11} {one.licence}")
        elif options.pin:
            pin(catalogue.find(options.pin, weights), options.catalogue, rules, datetime.now(UTC).date())
        else:
            options.to.mkdir(parents=True, exist_ok=True)
            fetch_all(chosen(weights, options.names), options.to, rules, options.stick)
    except SpotIDError as trouble:
        print(f"{trouble.sentence}\n{trouble.advice}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
