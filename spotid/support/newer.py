"""Whether there is a newer version; asked only when a person presses the button, and nothing is fetched."""

from __future__ import annotations

import json
import re
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from spotid.about import Build, build

SECONDS = 10.0
LARGEST = 1_000_000  # bytes of a reply
# A frozen program brings no list of trusted authorities; these are where systems keep theirs.
AUTHORITIES: tuple[str, ...] = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
AUTHORITIES += ("/etc/ssl/ca-bundle.pem", "/usr/local/etc/openssl@3/cert.pem", "/opt/homebrew/etc/openssl@3/cert.pem")
OWN = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Newer:
    """What came of the question: a newer ``version`` and its page, or empty; and a sentence in every case."""

    sentence: str
    version: str = ""
    url: str = ""


def question(releases: str) -> str:
    """Where to ask for the newest release of a project's page ``https://HOST/OWNER/NAME``; empty where that is none."""
    parts = urlsplit(releases)
    path = re.fullmatch(r"/([\w.-]+)/([\w.-]+?)(?:\.git)?(?:/releases)?/?", parts.path)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in OWN)
    if not path or not safe or parts.username:
        return ""
    base = "https://api.github.com" if parts.netloc == "github.com" else f"{parts.scheme}://{parts.netloc}/api/v3"
    return f"{base}/repos/{path[1]}/{path[2]}/releases/latest"


def look(this: Build | None = None) -> Newer:
    """Ask the releases of this copy, for ten seconds at most."""
    this = this or build()
    address = question(this.releases) if this.releases else ""
    if not address:
        return Newer("This copy was not made from a release, so there is nothing to compare it with.")
    told: list[Any] = []
    # A name server that keeps silent is not held by any limit of a connection: the thread is left to itself then.
    thread = threading.Thread(target=lambda: told.append(_asked(address, this)), name="newer", daemon=True)
    thread.start()
    thread.join(SECONDS)
    found = told[0] if told else None
    if not isinstance(found, dict):
        return Newer("The releases can't be reached. Check the connection, and try again another time.")
    version = str(found.get("tag_name", "")).removeprefix("v")
    later = _later(version, this.version)
    if later is None:
        return Newer(
            "The newest release has a version that can't be read. Look at the releases yourself.", url=this.releases
        )
    if not later:
        return Newer(f"This is the newest version: {this.version}.")
    return Newer(f"There is a newer version, {version}; this is {this.version}.", version, _page(found, this.releases))


def _page(found: dict[str, Any], releases: str) -> str:
    """The page of a release: only one on the project's own host is shown."""
    address = str(found.get("html_url", ""))
    one, other = urlsplit(address), urlsplit(releases)
    return address if (one.scheme, one.netloc) == (other.scheme, other.netloc) else releases


def _later(version: str, than: str) -> bool | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version) > Version(than)
    except InvalidVersion:
        return None


def _asked(address: str, this: Build) -> Any:
    headers = {"Accept": "application/vnd.github+json", "User-Agent": f"SpotID/{this.version}"}
    asked = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS, context=_trust()) as reply:
            return json.loads(reply.read(LARGEST))
    except (OSError, ValueError, RecursionError, urllib.error.URLError):
        return None


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not context.cert_store_stats().get("x509_ca"):
        for path in map(Path, AUTHORITIES):
            if path.is_file():
                context.load_verify_locations(path)
                break
    return context
