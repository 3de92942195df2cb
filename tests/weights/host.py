"""A host on 127.0.0.1 that behaves as real ones do on bad days; each address follows a script, answer by answer."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from spotid.weights.catalogue import Sum, Weight
from spotid.weights.fetch import Rules

BODY = random.Random(7).randbytes(300_000)
OTHER = random.Random(8).randbytes(300_000)


class Host:
    """``answers[path]`` is a list of functions, one for each request; the last one answers all that follow."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Callable[[Any], None]]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers)))
                script = outer.answers[self.path]
                (script.pop(0) if len(script) > 1 else script[0])(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def root(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()

    def ranges(self) -> list[str]:
        """What was asked for, request by request; empty for the whole file."""
        return [headers.get("Range", "") for _, headers in self.asked]


def whole(body: bytes = BODY, mark: str = '"one"', told: int | None = None, **more: str) -> Callable[[Any], None]:
    """The file, or what of it is asked for. ``told`` lies about its length."""

    def answer(handler: Any) -> None:
        start, wanted = 0, handler.headers.get("Range", "")
        if wanted and (not handler.headers.get("If-Range") or handler.headers["If-Range"] == mark):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(body):
            return _head(handler, 416, 0)
        headers = {"ETag": mark, **{name.replace("_", "-"): value for name, value in more.items()}}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        _head(handler, 206 if start else 200, (told or len(body)) - start, headers)
        handler.wfile.write(body[start:])
        if told:
            handler.close_connection = True

    return answer


def cut(after: int, body: bytes = BODY, mark: str = '"one"') -> Callable[[Any], None]:
    """The first bytes, then the connection ends."""

    def answer(handler: Any) -> None:
        start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        headers = {"ETag": mark}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        _head(handler, 206 if start else 200, len(body) - start, headers)
        handler.wfile.write(body[start : start + after])
        handler.wfile.flush()
        handler.close_connection = True

    return answer


def status(code: int, **headers: str) -> Callable[[Any], None]:
    """An answer without a file."""
    return lambda handler: _head(handler, code, 0, {name.replace("_", "-"): value for name, value in headers.items()})


def without_length(body: bytes) -> Callable[[Any], None]:
    """A body whose length the host does not tell."""

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        try:
            handler.wfile.write(body)
        except OSError:
            pass
        handler.close_connection = True

    return answer


def _head(handler: Any, code: int, length: int, headers: dict[str, str] | None = None) -> None:
    handler.send_response(code)
    for name, value in {"Content-Length": str(length), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()


def weight(url: str, body: bytes = BODY, known: str = "confirmed", **more: Any) -> Weight:
    """A stand-in file. ``known``: confirmed, one (a single source), wrong (a single, mistyped one) or nothing."""
    value = hashlib.sha256(body if known != "wrong" else OTHER).hexdigest()
    sums = () if known == "nothing" else (Sum("sha256", value, 3 if known == "confirmed" else 1),)
    said = {
        "name": "stand-in",
        "role": "detector",
        "file": "stand_in.pt",
        "about": "A file for tests.",
        "url": url,
        "licence": "Apache-2.0",
        "licence_page": "https://example.org/licence",
        "travels": True,
        "source": "https://example.org/stand-in",
        "cite": "Nobody.",
        "bytes": 0 if known == "nothing" else len(body),
        "sums": sums,
    }
    return Weight(**{**said, **more})


class Clock:
    """Time that passes only in sleeps and by a little at each look."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now += 0.1
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self.slept.append(seconds)
        self.now += seconds


def rules(**more: Any) -> Rules:
    """Rules for 127.0.0.1 and a clock of their own."""
    clock = Clock()
    return Rules(**{"local": True, "spare": 0, "patience": 10.0, "clock": clock, "sleep": clock.sleep, **more})
