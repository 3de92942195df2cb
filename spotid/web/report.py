"""Report a problem: what the report would hold is shown first, and exactly that is handed over."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.support import report as reports
from spotid.web import session
from spotid.web.common import bench, body

pages = Blueprint("report", __name__)

KEPT = 4  # previews that can still be handed over
LONGEST_SAID, LONGEST_SCREEN = 20_000, 200
_shown: OrderedDict[str, Sequence[reports.Part]] = OrderedDict()
_lock = threading.Lock()


@pages.get("/report")
def report_page() -> ResponseReturnValue:
    """What a report of trouble would hold, and making one."""
    return render_template("report.html", destination=reports.destination())


@pages.get("/api/report/preview")
def preview() -> ResponseReturnValue:
    """Everything that the report would hold, file by file; ``token`` hands over exactly this."""
    names, answers = (request.args.get(name) == "1" for name in ("names", "answers"))
    wanted = reports.Wanted(names, answers, request.args.get("screen", "")[:LONGEST_SCREEN])
    made = reports.parts(
        bench().projects(), wanted, at_work=_at_work(), key=current_app.extensions.get(session.KEY) or ""
    )
    token = session.new_key()
    with _lock:
        _shown[token] = made
        while len(_shown) > KEPT:
            _shown.popitem(last=False)
    files = [{"name": one.name, "text": one.text, "bytes": len(one.text.encode("utf-8", "replace"))} for one in made]
    return jsonify(token=token, files=files, destination=reports.destination())


@pages.post("/api/report")
def make() -> ResponseReturnValue:
    """The ZIP of what was shown, with what the person says happened."""
    content: dict[str, Any] = body()
    said, token = content.get("said", ""), content.get("token")
    with _lock:
        made = _shown.get(token) if isinstance(token, str) else None
    if made is None or not isinstance(said, str):
        raise BadRequestError("The report has to be shown before it can be made.", "Reload the page and try again.")
    packed = Response(reports.zipped(made, said[:LONGEST_SAID]), mimetype="application/zip")
    packed.headers["Content-Disposition"] = f'attachment; filename="{reports.file_name()}"'
    return packed


def _at_work() -> list[str]:
    jobs = bench().jobs
    return [one.id for one in bench().projects() if (job := jobs.of(one)) is not None and job.running]
