"""One attempt at a file: ask for what is missing of it, follow the host's redirects, write what arrives.

The HTTP is requests' and urllib3's. Pooch was looked at first: it has the sums, but always starts at the first byte,
throws away what has arrived when the connection breaks, and cannot be stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from spotid.progress import Cancelled
from spotid.weights.keep import BLOCK, disk_trouble, read_json, room_for, write_json
from spotid.weights.troubles import DownloadError

if TYPE_CHECKING:
    import requests

PASSING = {408, 425, 429, 500, 502, 503, 504}
HOPS = 6
SHUT = "Its makers ask you to sign in or to accept their terms first: fetch it with a browser, then bring it in."
ADVICE = {
    401: SHUT,
    403: SHUT,
    404: "It may have been moved. Look for a newer SpotID, or take the file from a folder or a stick.",
}
HUB = "https://huggingface.co"


class PassingError(Exception):
    """A fault that may be gone at the next attempt. ``wait`` is what the host asks for, in seconds."""

    def __init__(self, said: str, wait: float = 0.0) -> None:
        self.wait = wait
        super().__init__(said)


class StaleError(Exception):
    """What lies here does not belong to what the host has now: start at the first byte."""


@dataclass(slots=True)
class Attempt:
    """What one attempt needs and leaves. ``most`` and ``spare`` in bytes, ``patience`` in seconds of silence."""

    url: str
    part: Path
    state: Path
    length: int
    most: int
    spare: int
    patience: float
    local: bool
    arrived: Callable[[int, int], None]
    stop: Callable[[], bool]
    host_sums: dict[str, str] = field(default_factory=dict)
    came_from: str = ""
    proxy: str = ""
    sure: bool = False  # length and sum are known beyond doubt: they tell two halves that do not belong together


def mirrored(url: str, mirror: str) -> str:
    """The address at a mirror of Hugging Face, which has the same paths; other addresses stay as they are."""
    return mirror.rstrip("/") + url.removeprefix(HUB) if mirror and url.startswith(HUB + "/") else url


def secure(url: str, local: bool) -> str:
    """The address as it is, if it may be asked: https only. ``local`` lets 127.0.0.1 through, for tests."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if local and parts.scheme == "http" and parts.hostname == "127.0.0.1":
        return url
    raise DownloadError(
        f"The address {parts.scheme}://{parts.hostname or ''} is not secure: only https is fetched.",
        "The file is not fetched. Take it from a folder or a stick instead.",
    )


def run(attempt: Attempt) -> None:
    """Bring the part to its full length. Raises PassingError, StaleError, DownloadError, DiskFullError, Cancelled."""
    try:
        import requests
        import urllib3
    except ImportError as error:
        raise DownloadError(
            "This SpotID came without the packages that fetch files.",
            "Take the file from a folder or a stick, or use the full SpotID.",
        ) from error
    have = attempt.part.stat().st_size if attempt.part.exists() else 0
    known = read_json(attempt.state)
    mark = str(known.get("mark", ""))
    if have and (known.get("url") != attempt.url or not (mark or attempt.sure)):
        have = 0  # nothing says that the part belongs to this file
    headers = {"Accept-Encoding": "identity", "User-Agent": "SpotID"}
    if have:
        headers |= {"Range": f"bytes={have}-"} | ({"If-Range": mark} if mark else {})
    with requests.Session() as session:
        try:
            reply = _ask(session, attempt, headers)
            with reply:
                start, total = _begin(attempt, reply, have)
                _write(attempt, reply, start, total)
        except (requests.exceptions.SSLError, requests.exceptions.InvalidProxyURL) as error:
            if not _distrusted(error):
                raise PassingError(_plain(error, urlsplit(attempt.url).hostname or "its host")) from error
            raise DownloadError(
                f"The connection to {urlsplit(attempt.url).hostname} is not trusted: {_short(error)}.",
                "A network that looks into connections does this. Ask its people, or fetch the file in another one.",
            ) from error
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            raise PassingError(_plain(error, urlsplit(attempt.url).hostname or "its host")) from error


def heard(state: dict[str, Any]) -> dict[str, str]:
    """The sums that the host sent along with a part, by what was noted of it."""
    said = state.get("sums")
    return {str(kind): str(value) for kind, value in said.items()} if isinstance(said, dict) else {}


def _ask(session: requests.Session, attempt: Attempt, headers: dict[str, str]) -> requests.Response:
    """Follow redirects by hand, so that none leads to an insecure address and each host's own sums are seen."""
    url = attempt.url
    for _ in range(HOPS):
        if attempt.stop():
            raise Cancelled
        reply = session.get(
            secure(url, attempt.local),
            headers=headers,
            stream=True,
            allow_redirects=False,
            proxies={"http": attempt.proxy, "https": attempt.proxy} if attempt.proxy else None,
            timeout=(min(attempt.patience, 20.0), attempt.patience),
        )
        _listen(attempt, reply)
        if reply.is_redirect:
            url = urljoin(url, reply.headers["Location"])
            reply.close()
            continue
        attempt.came_from = urlsplit(url).netloc
        if reply.status_code in (200, 206):
            return reply
        reply.close()
        host = urlsplit(url).hostname
        if reply.status_code == 416:
            raise StaleError
        if reply.status_code in PASSING:
            raise PassingError(f"{host} answered {reply.status_code}", _wait(reply.headers.get("Retry-After", "")))
        raise DownloadError(
            f"The host {host} answered {reply.status_code} for this file.",
            ADVICE.get(reply.status_code, "Try again later, or take the file from a folder or a stick."),
        )
    raise DownloadError("The host sends the request on and on.", "Try again later.")


def _listen(attempt: Attempt, reply: requests.Response) -> None:
    """Hugging Face names the SHA-256 of a large file in the header of its own redirect."""
    tag = reply.headers.get("X-Linked-Etag", "").strip('"')
    if re.fullmatch(r"[0-9a-f]{64}", tag):
        attempt.host_sums["sha256"] = tag
    size = reply.headers.get("X-Linked-Size", "")
    if size.isdigit() and attempt.length and int(size) != attempt.length:
        raise _other_length(int(size), attempt.length)


def _begin(attempt: Attempt, reply: requests.Response, have: int) -> tuple[int, int]:
    """First byte and whole length (0: not told) of what follows; refuses what is too long or is not the file."""
    body = reply.headers.get("Content-Length", "")
    follows = int(body) if body.isdigit() else 0
    start = 0
    if reply.status_code == 206:
        said = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", reply.headers.get("Content-Range", ""))
        if not have or not said or int(said[1]) != have:
            raise StaleError
        start = have
    total = start + follows if follows else 0
    if not attempt.length and "text/html" in reply.headers.get("Content-Type", "").lower():
        raise DownloadError(
            f"{urlsplit(attempt.url).hostname} answers with a page instead of the file.",
            "Try again later, or take the file from a folder or a stick.",
        )
    if attempt.length and total and total != attempt.length:
        if start:
            raise StaleError
        raise _other_length(total, attempt.length)
    limit = attempt.length or attempt.most
    if total > limit:
        raise DownloadError(
            f"The host offers {total / 1e6:,.0f} MB; no more than {limit / 1e6:,.0f} MB are fetched.",
            "Look at the file's page before you fetch it in another way.",
        )
    room_for(attempt.part.parent, max((total or limit if attempt.length else total) - start, 0), attempt.spare)
    tag = reply.headers.get("ETag", "")
    mark = tag if tag and not tag.startswith("W/") else reply.headers.get("Last-Modified", "")
    write_json(attempt.state, {"url": attempt.url, "mark": mark, "bytes": total, "sums": attempt.host_sums})
    return start, total


def _write(attempt: Attempt, reply: requests.Response, start: int, total: int) -> None:
    limit = attempt.length or attempt.most
    at = start
    attempt.arrived(at, total or attempt.length)
    try:
        with attempt.part.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            # What the network says is caught outside; only the disk speaks here.
            for block in _blocks(reply):
                if attempt.stop():
                    raise Cancelled
                at += len(block)
                if at > limit:
                    raise DownloadError(
                        f"More arrived than the {limit / 1e6:,.0f} MB that the file may have.", "It is not fetched."
                    )
                file.write(block)
                attempt.arrived(at, total or attempt.length)
    except OSError as error:
        import requests

        if isinstance(error, requests.exceptions.RequestException):
            raise
        raise disk_trouble(error, attempt.part.parent) from error
    if at < (total or attempt.length):
        raise PassingError(f"the connection ended after {at:,} of {total or attempt.length:,} bytes")


def _blocks(reply: Any) -> Any:
    # 64 kB: on a slow line a whole megabyte would keep a wish to stop waiting.
    return reply.iter_content(min(BLOCK, 1 << 16))


def _other_length(offered: int, wanted: int) -> DownloadError:
    return DownloadError(
        f"The host offers a file of {offered:,} bytes; the one of the list has {wanted:,}.",
        "It has been exchanged or the host answers with a page of its own. It is not fetched.",
    )


def _wait(said: str) -> float:
    """Retry-After in seconds; its other form, a date, counts as no wish."""
    return min(float(said), 120.0) if said.isdigit() else 0.0


def _distrusted(error: Exception) -> bool:
    """Whether it is about whom one speaks with. A bad line breaks a secure connection as well, and often."""
    return "certificate" in f"{error!r} {_short(error)}".lower() or "SSLError" not in type(error).__name__


def _plain(error: Exception, host: str) -> str:
    """What went wrong on the way to ``host``, for people: libraries name their own parts."""
    import requests

    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy does not answer or refuses"
    if isinstance(error, requests.exceptions.Timeout):
        return f"{host} does not answer"
    if isinstance(error, requests.exceptions.SSLError):
        return f"the secure connection to {host} broke"
    said = _short(error)
    if isinstance(error, requests.exceptions.ConnectionError) and "NewConnection" in repr(error) + said:
        return f"{host} can't be reached"
    if "resolve" in said:
        return f"{host} can't be found; perhaps there is no connection"
    return said


def _short(error: Exception) -> str:
    """The innermost reason, without addresses of objects."""
    inner: Any = error
    while getattr(inner, "args", None) and isinstance(inner.args[0], Exception):
        inner = inner.args[0]
    inner = getattr(inner, "reason", inner)
    said = str(inner).split(">: ")[-1].split("object at")[0]
    return (said.strip(" .)('") or type(error).__name__)[:200]
