"""Who is let in: the browser that opened the address with this start's key, and nobody else on this machine.

The key is made anew at every start. It is told to the person (in the program's window) and kept in the user's own
folder for a second start. A browser gets in by a *ticket* made from it, because the address that a browser is started
with can be read by every user of the machine while it runs: a ticket is good once, and for a few minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from flask import Flask, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from spotid.errors import SpotIDError

FIELD = "key"
KEY = "session key"  # among the application's extensions
LONGEST_QUESTION = 100
TICKET_SECONDS = 300
STAMP = re.compile(r"\d{1,12}\.\d{6}", re.ASCII)
# What the page that refuses needs, and what a second start asks before it knows whom it talks to.
OPEN_FILES = frozenset({"css/base.css", "css/parts.css", "logo.svg"})
OPEN_ENDPOINTS = frozenset({"home.alive"})


class NotLetInError(SpotIDError):
    """A request without this start's cookie."""

    code, status = "not-let-in", 403


def new_key() -> str:
    """A key that nobody guesses: 256 random bits."""
    return secrets.token_urlsafe(32)


def ticket(key: str, now: float | None = None) -> str:
    """Something made from the key that opens the page once, and within ``TICKET_SECONDS`` from now."""
    stamp = f"{time.time() if now is None else now:.6f}"
    return f"{stamp}-{_derived(key, f'ticket {stamp}')}"


def with_key(address: str, key: str) -> str:
    """An address of the page with a key or a ticket."""
    return f"{address}{'&' if urlsplit(address).query else '?'}{FIELD}={quote(key)}"


def proof(key: str, question: str) -> str:
    """What only a program with this key answers to a second start's random question."""
    return _derived(key, f"alive {question}")


def proof_of(app: Flask, question: str) -> str:
    """This program's answer to such a question; empty where it was started without a key."""
    key: str | None = app.extensions.get(KEY)
    return proof(key, question[:LONGEST_QUESTION]) if key and question else ""


def cookie_name() -> str:
    """The cookie's name carries the port: all programs of this machine on 127.0.0.1 share one box of cookies."""
    return f"spotid-{request.environ.get('SERVER_PORT', '0')}"


def install(app: Flask, key: str) -> None:
    """Ask every request for the cookie; give it to who brings the key or a ticket."""
    token, used, lock = _derived(key, "cookie"), set[str](), threading.Lock()
    app.extensions[KEY] = key

    def fits(brought: str) -> bool:
        if hmac.compare_digest(brought.encode(), key.encode()):
            return True
        stamp, _, _ = brought.partition("-")
        if not STAMP.fullmatch(stamp) or abs(time.time() - float(stamp)) > TICKET_SECONDS:
            return False
        if not hmac.compare_digest(brought.encode(), ticket(key, float(stamp)).encode()):
            return False
        with lock:
            new = brought not in used
            used.add(brought)
        return new

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint in OPEN_ENDPOINTS:
            return None
        if request.endpoint == "static" and (request.view_args or {}).get("filename") in OPEN_FILES:
            return None
        had = request.cookies.get(cookie_name())
        let_in = had is not None and hmac.compare_digest(had.encode(), token.encode())
        brought = request.args.get(FIELD)
        if brought is not None and request.method == "GET":
            if fits(brought) or let_in:  # a page that is in may be opened again from the history
                return _opened(token)
            raise NotLetInError(
                "This address does not open SpotID any more.",
                "Start SpotID again: if it is running already, the new start opens its page.",
            )
        if let_in:
            return None
        if had is not None:
            raise NotLetInError(
                "SpotID was started anew since this page was opened.",
                "Go on in the page that the new start opened, or start SpotID once more: it opens its page.",
            )
        raise NotLetInError(
            "This browser has not been let in.",
            "Start SpotID again: it opens the page. Or paste the whole address that its window shows.",
        )


def _opened(token: str) -> Response:
    """Go to the same address without the key, so that it stays neither in the history nor in anybody's Referer."""
    rest = [pair for pair in parse_qsl(request.query_string.decode("latin-1"), True) if pair[0] != FIELD]
    # Absolute and with our own checked host: a path that begins with two slashes would be another machine's.
    target = f"{request.host_url}{quote(request.path.lstrip('/'))}" + (f"?{urlencode(rest)}" if rest else "")
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        # Clicked in a foreign page (a chat, a remote desktop): a redirect would still count as that page's doing, and
        # the strict cookie would not come along. A page of ours that leads on is our own doing.
        response = make_response(render_template("opened.html", target=target))
    else:
        response = make_response(redirect(target, 303))
    response.set_cookie(cookie_name(), token, httponly=True, samesite="Strict", path="/")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _derived(key: str, purpose: str) -> str:
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()
