#!/usr/bin/env python3
"""Write the software bill of materials of one bundle (CycloneDX 1.6, JSON).

    python release/sbom.py --work build/core --flavour core --out build/core [--weights DIR]

``--work`` is where release/build.py has built: the packages are those of its environment; what the bundle's own list of
licences does not name is marked "excluded", and what that list has besides packages (Python itself, FFmpeg in OpenCV)
is added. Weight files go in as machine-learning models with their sums. Where ``--out`` is a folder, the file is named
like the archive, with the ending .cdx.json. Needs release/requirements.txt.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from release import archive  # noqa: E402

FLAVOURS = ("core", "full")


def version() -> str:
    """SpotID's version, read without importing it."""
    text = (ROOT / "spotid" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if not found:
        raise SystemExit("spotid/__init__.py names no version.")
    return found[1]


def plain(name: str) -> str:
    """A package's name as package indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def environment(python: Path) -> dict[str, Any]:
    """What is installed for that Python, as CycloneDX. Raises SystemExit when that can't be found out."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", str(python)]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "application", "--spec-version", "1.6"]
    command += ["--output-reproducible", "--output-format", "JSON", "--output-file", "-"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"cyclonedx-py could not list {python}:\n{done.stderr.strip()[-2000:]}")
    bill: dict[str, Any] = json.loads(done.stdout)
    return bill


def complete(
    bill: dict[str, Any], flavour: str, carried: list[dict[str, str]], weights: list[dict[str, Any]]
) -> dict[str, Any]:
    """Say which flavour and version this is, set apart what the bundle does not carry, add what no package names.

    ``carried`` is the bundle's own list of licences, ``weights`` the entries of weights.json.
    """
    main = bill["metadata"]["component"]
    main["version"] = version()
    main["name"] = "SpotID"
    main.setdefault("properties", []).append({"name": "spotid:flavour", "value": flavour})
    main["properties"].sort(key=lambda one: str(one["name"]))
    inside = {plain(one["name"]) for one in carried}
    packages = bill.setdefault("components", [])
    for one in packages:
        if plain(one["name"]) not in inside:
            one["scope"] = "excluded"
    known = {plain(one["name"]) for one in packages} | {"spotid"}
    for work in carried:
        if plain(work["name"]) in known:
            continue
        reference = f"library:{plain(work['name'])}"
        more = {"version": work["version"]} if work["version"] else {}
        licence = [{"license": {"name": work["licence"]}}] if work["licence"] else []
        packages.append({"bom-ref": reference, "type": "library", "name": work["name"], **more, "licenses": licence})
        bill.setdefault("dependencies", []).append({"ref": reference})
    for note in weights:
        reference = f"weights:{note['name']}"
        identifier = note["licence"]
        named = {"name": identifier} if identifier.startswith("LicenseRef-") else {"id": identifier}
        bill.setdefault("components", []).append(
            {
                "bom-ref": reference,
                "type": "machine-learning-model",
                "name": note["name"],
                "description": note["cite"],
                "hashes": [{"alg": "SHA-256", "content": note["sha256"]}],
                "licenses": [{"license": named}],
                "externalReferences": [
                    {"type": "distribution", "url": note["url"]},
                    {"type": "website", "url": note["source"]},
                ],
            }
        )
        bill.setdefault("dependencies", []).append({"ref": reference})
    return bill


def valid(text: str) -> str:
    """An empty string, or what the schema says against the bill."""
    from cyclonedx.schema import SchemaVersion  # type: ignore[import-not-found, unused-ignore]
    from cyclonedx.validation.json import JsonStrictValidator  # type: ignore[import-not-found, unused-ignore]

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return str(error).splitlines()[0] if error else ""


def main(arguments: list[str] | None = None) -> int:
    """0 when the bill is written and the schema has nothing against it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="where release/build.py has built")
    parser.add_argument("--flavour", choices=FLAVOURS, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="file, or a folder that is there")
    parser.add_argument("--weights", type=Path, metavar="DIR", help="the folder that fetch_weights.py has made")
    options = parser.parse_args(arguments)
    weights = []
    if options.weights:
        weights = json.loads((options.weights / "weights.json").read_text(encoding="utf-8"))["weights"]
    listed = options.work / "SpotID" / "_internal" / "licences" / "licences.json"
    carried = json.loads(listed.read_text(encoding="utf-8"))
    bill = complete(environment(options.work / "venv"), options.flavour, carried, weights)
    text = json.dumps(bill, indent=1, ensure_ascii=False) + "\n"
    wrong = valid(text)
    if wrong:
        print(f"The bill does not follow its schema: {wrong}", file=sys.stderr)
        return 1
    out: Path = options.out
    if out.is_dir():
        out = out / (archive.name(version(), options.flavour).removesuffix(".zip") + ".cdx.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    components = bill.get("components", [])
    apart = sum(one.get("scope") == "excluded" for one in components)
    print(f"{out}: {len(components) - apart} components in the bundle, {apart} used for building alone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
