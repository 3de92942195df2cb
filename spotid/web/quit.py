"""Quit: end the program from its own page."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from spotid.errors import SpotIDError
from spotid.web.common import bench, body

pages = Blueprint("quit", __name__)


class NotOursToEndError(SpotIDError):
    """The pages are served by something that they can't end."""

    code, status = "not-ours-to-end", 409


@pages.post("/api/quit")
def quit_() -> ResponseReturnValue:
    """End the program. Where a job goes on, it is only told which; with ``sure`` the program ends all the same."""
    content, at_work = body(), bench().at_work()
    if at_work and content.get("sure") is not True:
        return jsonify(closing=False, at_work=at_work)
    stop = current_app.extensions.get("quit")
    if stop is None:
        raise NotOursToEndError("SpotID can't be ended from this page.", "Close the window that it was started in.")
    stop()
    return jsonify(closing=True, at_work=at_work)
