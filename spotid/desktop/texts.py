"""The texts of the status window; each is looked up in the catalogues of the pages."""

from __future__ import annotations

import locale
import os
import sys

from spotid.web import tongues

STARTING = "SpotID is starting…"
RUNNING = "SpotID is running"
ELSEWHERE = "SpotID is running already"
CLOSING = "SpotID is closing…"
OPEN = "Open the page"
REPORT = "Report a problem…"
QUIT = "Quit"
COPY = "Copy"
COPIED = "Copied"
ADDRESS = "Address of the page, for your browser only:"
IN_BROWSER = "You work in your browser. Leave this window open meanwhile; closing it ends SpotID."
AT_WORK = "There is a run under way in “{0}”."
AT_WORK_MANY = "There are runs under way in {0} projects."
QUESTION = "Quit SpotID now? What is done is kept; the run goes on from there when you resume it at the next start."
KEPT = "Every answer is kept."
NO_BROWSER = "No browser could be opened. Copy the address below and open it in a browser yourself."
NOT_WHOLE = "Some files of SpotID are missing or damaged. Unpack SpotID anew; an antivirus program may take files away."
REPORT_AT = "The report was written: {0}"


def say(text: str, *values: object, language: str = "en") -> str:
    """A text in a language; ``values`` stand where ``{0}``, ``{1}`` … are."""
    found = tongues.catalogue(language).gettext(text)
    return found.format(*values) if values else found


def language() -> str:
    """The language of this computer's user, where the pages speak it; otherwise English."""
    told = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    if sys.platform == "win32":
        import ctypes

        told.insert(0, locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), ""))
    code = next((one for one in told if one), "")[:2].lower()
    return code if code in tongues.LANGUAGES else "en"
