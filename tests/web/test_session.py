"""The key of a start: who brings it is let in, nobody else is, and it is nowhere to be found afterwards."""

from __future__ import annotations

import http.client
import inspect
import json
import os
import re
import stat
import threading
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from spotid.web import create_app, guard, serve, session

KEY = "a-key-of-this-start"


@pytest.fixture
def app(home) -> Flask:
    return create_app(key=KEY)


def test_without_the_cookie_every_address_is_closed(app) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<any\((\w+).*?>", r"\1", rule.rule)
        address = re.sub(r"<path:\w+>", "js/api.js", address)
        address = re.sub(r"<[^>]+>", "0" * 16, address)
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        kind = guard.FILES_ARE if rule.endpoint == guard.FILES_AT else "application/json"
        told = {"data": b"{}", "content_type": kind} if method == "POST" else {}
        reply = client.open(address, method=method, **told)
        if rule.endpoint == "home.alive":
            assert reply.json == {"program": "SpotID", "proof": ""}
            continue
        assert reply.status_code == 403, address
        if address.startswith("/api/"):
            assert reply.json["error"]["code"] == "not-let-in" and reply.json["error"]["advice"]
        else:
            assert "Start SpotID again" in reply.text


def test_the_page_that_refuses_has_all_it_needs(app) -> None:
    client = app.test_client()
    page = client.get("/")
    assert page.status_code == 403 and "<script" not in page.text
    needs = re.findall(r'(?:href|src)="(/[^"]+)"', page.text)
    assert needs
    for address in needs:
        assert client.get(address).status_code == 200, address
    for closed in ("js/api.js", "css/../js/api.js", "css/run.css"):
        assert client.get(f"/static/{closed}").status_code == 403


def test_the_key_lets_in_and_is_taken_out_of_the_address(app) -> None:
    client = app.test_client()
    reply = client.get("/project/x/review?shelf=a%26b&key=" + KEY)
    assert reply.status_code == 303
    assert reply.headers["Location"] == "http://localhost/project/x/review?shelf=a%26b"
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith("spotid-80=") and KEY not in cookie
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie and "Expires" not in cookie and "Max-Age" not in cookie
    assert client.get("/").status_code == 200
    assert KEY not in client.get("/").text


def test_a_foreign_window_that_led_here_gets_a_page_that_leads_on(app) -> None:
    about = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    client = app.test_client()
    reply = client.get(f"/?key={KEY}", headers=about)
    assert reply.status_code == 200 and 'content="0; url=http://localhost/"' in reply.text
    assert KEY not in reply.text and "<script" not in reply.text
    assert client.get(f"/?key={KEY}", headers=about | {"Sec-Fetch-Dest": "iframe"}).status_code == 403
    assert client.get(f"/?key={KEY}", headers=about | {"Sec-Fetch-Mode": "no-cors"}).status_code == 403
    assert client.get("/", headers=about).status_code == 403


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example", "/\\evil.example", "/%0d%0aSet-Cookie:x=y"])
def test_the_key_leads_to_no_other_machine(app, path: str) -> None:
    reply = app.test_client().get(f"{path}?key={KEY}")
    location = reply.headers.get("Location", "http://localhost/")
    assert location.startswith("http://localhost/") and "\r" not in location
    assert "x=y" not in reply.headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    "wrong", ["", "x", KEY[:-1], KEY + "x", KEY.upper(), "é", "%ff%fe", "0-0", "²-x", "9" * 500, "this moment-"]
)
def test_a_wrong_key_lets_nobody_in(app, wrong: str) -> None:
    wrong = wrong.replace("this moment", f"{time.time():.6f}")
    reply = app.test_client().get(f"/?key={wrong}")
    assert reply.status_code == 403 and "Set-Cookie" not in reply.headers
    client = app.test_client()
    client.set_cookie("spotid-80", wrong)
    assert client.get("/").status_code == 403
    other = app.test_client()
    other.set_cookie("spotid-80", KEY)  # the key itself is no cookie
    assert other.get("/").status_code == 403
    assert (
        other.post(f"/api/projects/open?key={KEY}", json={"path": "x"}).status_code == 403
    )  # only opening takes a key


def test_a_ticket_opens_once_and_not_for_long(app) -> None:
    one = session.ticket(KEY)
    assert KEY not in one
    assert app.test_client().get(f"/?key={one}").status_code == 303
    assert app.test_client().get(f"/?key={one}").status_code == 403
    old = session.ticket(KEY, time.time() - session.TICKET_SECONDS - 1)
    future = session.ticket(KEY, time.time() + session.TICKET_SECONDS + 60)
    forged = session.ticket("another key")
    for bad in (old, future, forged, one.replace("-", "0-")):
        assert app.test_client().get(f"/?key={bad}").status_code == 403


def test_a_ticket_used_twice_in_the_same_window_shows_the_page(app) -> None:
    client, one = app.test_client(), session.ticket(KEY)
    for _ in range(2):
        assert client.get(f"/?key={one}").status_code == 303


def test_a_page_of_an_earlier_start_is_told_so(app) -> None:
    client = app.test_client()
    client.get(f"/?key={KEY}")
    later = create_app(key="a later key").test_client()
    held = client.get_cookie("spotid-80")
    assert held is not None
    later.set_cookie("spotid-80", held.value)
    told = later.get("/api/browse").json["error"]
    assert told["sentence"] == "SpotID was started anew since this page was opened."
    assert "started anew" in later.get("/").text


def test_without_a_key_nobody_is_asked(home) -> None:
    assert create_app().test_client().get("/").status_code == 200


@pytest.fixture
def served(home: Path, monkeypatch) -> Iterator[tuple[list[str], list[str]]]:
    """``serve`` in a thread, as the program runs it: what it said, and what the browser was given."""
    from waitress import server as waitress_server

    said: list[str] = []
    shown: list[str] = []
    made = []
    real = waitress_server.create_server

    def keep(*arguments, **options):
        made.append(real(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(waitress_server, "create_server", keep)
    monkeypatch.setattr(webbrowser, "open", lambda address: shown.append(address) or True)
    work = {"port": 5900, "browser": True, "say": said.append}
    thread = threading.Thread(target=serve.serve, args=(create_app,), kwargs=work, daemon=True)
    thread.start()
    end = time.monotonic() + 30
    while not shown and time.monotonic() < end:
        time.sleep(0.02)
    yield said, shown
    made[0].close()
    made[0].asyncore.close_all(made[0]._map)
    thread.join(10)


def test_serve_always_asks_for_a_key(served, home: Path) -> None:
    said, shown = served
    door = re.search(r"http://127\.0\.0\.1:(\d+)/\?key=(\S{43})", said[0])
    assert door, said
    port, key = int(door[1]), door[2]

    def ask(path: str, headers: dict[str, str] | None = None, method: str = "GET", body: str | None = None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(method, path, body, headers or {})
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        return reply, content

    assert ask("/")[0].status == 403
    assert json.loads(ask("/api/alive")[1]) == {"program": "SpotID", "proof": ""}
    assert json.loads(ask("/api/alive?of=q")[1])["proof"] == session.proof(key, "q") != session.proof(key, "r")
    # What the browser is started with stands in the list of processes: it holds no key, and is good once.
    ticket = shown[0].split("?key=")[1]
    assert key not in shown[0]
    reply, _ = ask(f"/?key={ticket}")
    assert reply.status == 303 and reply.headers["Location"] == f"http://127.0.0.1:{port}/"
    cookie = reply.headers["Set-Cookie"].split(";")[0]
    assert cookie.startswith(f"spotid-{port}=")
    assert ask("/", {"Cookie": cookie})[0].status == 200
    assert ask(f"/?key={ticket}")[0].status == 403
    # The note for a second start is the user's alone, and the second start opens this program's page with it.
    note = home / "running.json"
    assert json.loads(note.read_text()) == {"address": f"http://127.0.0.1:{port}", "key": key}
    found = serve.running()
    assert found is not None and found.key == key
    # The note of a program that was killed, where another user's SpotID has taken the port since: not ours.
    note.write_text(json.dumps({"address": f"http://127.0.0.1:{port}", "key": session.new_key()}))
    assert serve.running() is None
    note.write_text(json.dumps({"address": f"http://127.0.0.1:{port}", "key": key}))
    if os.name == "posix":
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
    second: list[str] = []
    serve.serve(create_app, port=5900, browser=True, say=second.append)
    assert second == [f"SpotID is running already: http://127.0.0.1:{port}/?key={key}"]
    assert key not in shown[1]
    assert ask(shown[1].split(str(port), 1)[1])[0].status == 303


def test_two_starts_have_two_keys() -> None:
    assert len({session.new_key() for _ in range(100)}) == 100
    assert len(session.new_key()) >= 43
    # Who changes ``serve`` so that an application can be made without a key must change this too.
    assert "make_app(key=here.key)" in inspect.getsource(serve.begin)
