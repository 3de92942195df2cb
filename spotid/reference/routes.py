"""Every address that the page server answers."""

from __future__ import annotations

from spotid.reference import marks

LEAD = """\
The program serves its pages to one browser on the same computer. Scripts of other pages, other computers and other
users are refused, and every start has a key of its own, so these addresses are no interface for other programs: use
[the commands](commands.md) for that. They stand here for whoever works on the pages."""
PEOPLE = "Pages for people. F1 on each leads to its chapter of this manual."
SERVING = "What the pages ask for. What is sent and what comes back is JSON, unless it is a picture or a download."
PICTURES = ("/picture/", "/media/", "/pictures/", "/static/")


def page() -> str:
    """The page, as Markdown."""
    from spotid.web import create_app

    app = create_app()
    rows = []
    for rule in app.url_map.iter_rules():
        method = "POST" if "POST" in (rule.methods or set()) else "GET"
        said = marks.plain(marks.first(app.view_functions[rule.endpoint].__doc__)) or "A file of the pages."
        rows.append((marks.code(rule.rule), method, said))
    rows.sort(key=lambda row: (row[0], row[1]))
    people = [row for row in rows if for_people(row[0].strip("`"))]
    serving = [row for row in rows if row not in people]
    return marks.page(
        "Addresses of the pages",
        LEAD,
        marks.chapter("Pages", PEOPLE, marks.table(("address", "what is there"), [(row[0], row[2]) for row in people])),
        marks.chapter("What serves them", SERVING, marks.table(("address", "method", "what it does"), serving)),
    )


def for_people(rule: str) -> bool:
    """Whether a person looks at what this address answers."""
    return not rule.startswith("/api/") and not any(part in rule for part in PICTURES)
