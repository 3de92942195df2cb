"""Who may talk to the page: only the page itself, on this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from spotid.errors import SpotIDError

OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self';"
    " font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LARGEST_BODY = 1_000_000


class ForeignError(SpotIDError):
    """A request that another web page or another machine has made."""

    code, status = "foreign", 403


def install(app: Flask) -> None:
    """Check every request and harden every reply."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.before_request
    def check() -> None:
        # A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding): the Host header tells.
        host = urlsplit(f"//{request.host}")
        if (f"[{host.hostname}]" if ":" in (host.hostname or "") else host.hostname) not in OWN_HOSTS:
            raise ForeignError("This address is not SpotID's own.", "Open http://127.0.0.1 with the port shown.")
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise ForeignError("Another web page tried to write into SpotID.", "Close that page.")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise ForeignError("Another web page tried to write into SpotID.", "Close that page.")
        if request.mimetype != "application/json":
            # A form of another page can't send this type without asking first, and it is never allowed to.
            raise ForeignError("Only SpotID's own pages may write.", "Use the buttons on the page.")

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
