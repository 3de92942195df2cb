"""What a file's host itself says about it: the sums in the answers of Zenodo's and GitHub's interfaces.

Hugging Face gives its sum along with the file (``stream._listen``); raw files of a repository have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from spotid.weights.catalogue import DIGITS
from spotid.weights.troubles import DownloadError

ZENODO = re.compile(r"https://zenodo\.org/records/(\d+)/files/([^/?]+)")
GITHUB = re.compile(r"https://github\.com/([^/]+/[^/]+)/releases/download/([^/]+)/([^/?]+)")


def published(url: str, proxy: str = "", ask: Callable[[str], Any] | None = None) -> dict[str, str]:
    """Sums by kind as the host's interface gives them; empty where it has none. Raises DownloadError.

    ``ask`` takes an address and gives the decoded JSON; tests put their own in its place.
    """
    ask = ask or (lambda where: _ask(where, proxy))
    found: Any = None
    if said := ZENODO.match(url):
        for one in _listed(ask(f"https://zenodo.org/api/records/{said[1]}"), "files"):
            if one.get("key") == unquote(said[2]):
                found = one.get("checksum")
    elif said := GITHUB.match(url):
        for one in _listed(ask(f"https://api.github.com/repos/{said[1]}/releases/tags/{said[2]}"), "assets"):
            if one.get("name") == unquote(said[3]):
                found = one.get("digest")
    kind, _, value = str(found or "").lower().partition(":")
    good = kind in DIGITS and re.fullmatch(rf"[0-9a-f]{{{DIGITS[kind]}}}", value)
    return {kind: value} if good else {}


def _listed(told: Any, word: str) -> list[dict[str, Any]]:
    """The tables of a list in the answer; none where the interface has changed, or a page of a network answers."""
    many = told.get(word) if isinstance(told, dict) else None
    return [one for one in many if isinstance(one, dict)] if isinstance(many, list) else []


def _ask(url: str, proxy: str) -> Any:
    try:
        import requests
    except ImportError as error:
        raise DownloadError("This SpotID came without the packages that fetch files.") from error
    headers, way = {"Accept": "application/json", "User-Agent": "SpotID"}, {"https": proxy} if proxy else None
    try:
        reply = requests.get(url, headers=headers, proxies=way, timeout=30)
        reply.raise_for_status()
        return reply.json()
    except (requests.exceptions.RequestException, ValueError) as error:
        raise DownloadError(
            f"{urlsplit(url).hostname} could not be asked for the sum: {type(error).__name__}.", "Try again later."
        ) from error
