"""The languages of the pages: every text is written in English where it is used, and looked up in a catalogue."""

from __future__ import annotations

from gettext import NullTranslations

from flask import Flask


def install(app: Flask) -> None:
    """Give templates ``_("text")``, ``ngettext("one", "many", n)`` and ``{% trans %}``.

    Texts with values use names: ``_("row %(row)s", row=4)``; a per cent sign that is meant is written ``%%``.
    """
    catalogue = NullTranslations()
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=catalogue.gettext, ngettext=catalogue.ngettext, newstyle=True
    )
