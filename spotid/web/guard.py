"""Who may talk to the page: only the page itself, on this machine."""

from __future__ import annotations

import re

from flask import Flask, Response, request

from spotid.errors import SpotIDError
from spotid.web.session import FIELD

# No "localhost." and no [::1]: nothing of ours answers there. No user names ("127.0.0.1@evil.example") either.
OWN_HOST = re.compile(r"(127\.0\.0\.1|localhost)(?::(\d{1,5}))?", re.I | re.ASCII)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self';"
    " media-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
UNUSED_POWERS = ("camera", "microphone", "geolocation", "usb", "serial", "midi", "payment", "display-capture")
METHODS = frozenset({"GET", "HEAD", "POST"})
LARGEST_BODY = 1_000_000
# Pieces of a file that a person sends. A page elsewhere can't send this type without asking first, either.
FILES_AT, FILES_ARE = "uploads.piece", "application/octet-stream"


class ForeignError(SpotIDError):
    """A request that another web page or another machine has made."""

    code, status = "foreign", 403


class MethodError(SpotIDError):
    """A way of asking that no page of ours uses."""

    code, status = "method", 405


def install(app: Flask) -> None:
    """Check every request and harden every reply."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.before_request
    def check() -> None:
        _check_host()
        if request.method not in METHODS:
            raise MethodError("SpotID does not answer this kind of request.", "Use the buttons on the page.")
        _check_origin()
        wanted = FILES_ARE if request.endpoint == FILES_AT else "application/json"
        if request.method == "POST" and request.mimetype != wanted:
            # A form of another page can't send this type without asking first, and it is never allowed to.
            raise ForeignError("Only SpotID's own pages may write.", "Use the buttons on the page.")

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = ", ".join(f"{power}=()" for power in UNUSED_POWERS)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _check_host() -> None:
    """A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding): the Host header tells.

    The header itself is looked at; Flask's ``request.host`` makes one up where it is missing.
    """
    host = OWN_HOST.fullmatch(request.environ.get("HTTP_HOST", ""))
    if host is None or (host[2] or "80") != str(request.environ.get("SERVER_PORT")):
        raise ForeignError("This address is not SpotID's own.", "Open http://127.0.0.1 with the port shown.")


def _check_origin() -> None:
    """Nothing for other pages: neither their scripts' requests nor the pictures, frames and forms that they hold.

    A page on another port of this machine is another page, although browsers call it the same *site*.
    """
    own = f"http://{request.environ['HTTP_HOST']}".lower()
    origin = request.headers.get("Origin")
    about = request.headers.get("Sec-Fetch-Site", "same-origin")
    if origin is None or origin.lower() == own:
        if about in ("same-origin", "none"):
            return
        whole_page = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
        if request.method == "GET" and whole_page == ("navigate", "document") and FIELD in request.args:
            return  # the opening address, clicked somewhere; the key is checked next
    raise ForeignError(
        "Another web page tried to reach SpotID.",
        "If you followed a link, start SpotID again: it opens its page. Otherwise close that other page.",
    )
