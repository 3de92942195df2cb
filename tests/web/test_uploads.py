"""Sending a file through the pages: what is let in, what it leaves, and the program's own server."""

from __future__ import annotations

import io
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from spotid.intake.received import FOLDER, PIECE
from spotid.places import user_path
from spotid.web import bench_of, create_app, guard, serve

RAW = "application/octet-stream"


@pytest.fixture
def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("North/IMG_0001.JPG", os.urandom(700_000))
    return buffer.getvalue()


@pytest.fixture
def plain(tmp_path: Path):
    made = create_app()
    yield made
    bench_of(made).close()


def begin(client, project: Path, size: int, name: str = "Leopards.zip", kind: str = "zip"):
    about = {"project_path": str(project), "name": name, "size": size, "kind": kind}
    return client.post("/api/uploads/begin", json=about)


def test_a_file_is_sent_and_waits_to_be_looked_at(plain, tmp_path: Path, zipped: bytes) -> None:
    client = plain.test_client()
    told = begin(client, tmp_path / "Survey", len(zipped)).json
    address = f"/api/uploads/{told['id']}"
    assert told["piece"] == PIECE < guard.LARGEST_BODY
    for at in range(0, len(zipped), PIECE):
        told = client.post(f"{address}/piece?at={at}", data=zipped[at : at + PIECE], content_type=RAW).json
    assert told["whole"] and client.get(address).json["have"] == len(zipped)
    assert "Leopards.zip" in client.get("/").text
    assert [one["id"] for one in client.get("/api/uploads").json["uploads"]] == [told["id"]]
    assert client.post(f"{address}/cancel", json={}).json == {"gone": True}
    assert not (tmp_path / "Survey").exists() and "Leopards.zip" not in client.get("/").text
    assert client.get(address).status_code == 404


def test_the_end_of_the_program_leaves_nothing(plain, tmp_path: Path, zipped: bytes) -> None:
    client = plain.test_client()
    half, whole = (begin(client, tmp_path / name, len(zipped)).json["id"] for name in ("One", "Two"))
    client.post(f"/api/uploads/{half}/piece?at=0", data=zipped[:1000], content_type=RAW)
    for at in range(0, len(zipped), PIECE):
        client.post(f"/api/uploads/{whole}/piece?at={at}", data=zipped[at : at + PIECE], content_type=RAW)
    bench_of(plain).close()
    assert not (tmp_path / "One").exists() and not (tmp_path / "Two").exists()
    assert list((user_path() / "uploads").iterdir()) == []


def test_a_start_after_a_kill_takes_away_what_was_left(plain, tmp_path: Path, zipped: bytes) -> None:
    upload = begin(plain.test_client(), tmp_path / "Survey", len(zipped)).json["id"]
    assert (tmp_path / "Survey" / FOLDER / upload).is_dir()
    bench_of(create_app()).close()
    assert not (tmp_path / "Survey").exists()


def test_only_pieces_come_as_bytes_and_nothing_else_does(plain, tmp_path: Path) -> None:
    client = plain.test_client()
    upload = begin(client, tmp_path / "Survey", 10).json["id"]
    piece = f"/api/uploads/{upload}/piece?at=0"
    for kind in ("application/json", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded", ""):
        assert client.post(piece, data=b"0123456789", content_type=kind).status_code == 403, kind
    for address in ("/api/uploads/begin", f"/api/uploads/{upload}/cancel", "/api/projects/open"):
        assert client.post(address, data=b"{}", content_type=RAW).status_code == 403, address
    foreign = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(piece, data=b"0123456789", content_type=RAW, headers=foreign).status_code == 403
    assert client.get(f"/api/uploads/{upload}").json["have"] == 0


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"name": "virus.exe"}, 400),
        ({"name": "../../"}, 400),
        ({"size": 0}, 400),
        ({"size": True}, 400),
        ({"size": "12"}, 400),
        ({"size": 1 << 43}, 507),
        ({"kind": "film"}, 400),
        ({"kind": "sheet"}, 400),
        ({"project_path": "not whole"}, 400),
        ({"project_path": ""}, 400),
    ],
)
def test_what_can_not_be_sent_is_said_and_leaves_nothing(plain, tmp_path: Path, changed, status: int) -> None:
    about = {"project_path": str(tmp_path / "Survey"), "name": "a.zip", "size": 10, "kind": "zip"} | changed
    reply = plain.test_client().post("/api/uploads/begin", json=about)
    assert reply.status_code == status and reply.json["error"]["sentence"] and reply.json["error"]["advice"]
    assert not (tmp_path / "Survey").exists()


def test_nothing_is_sent_into_a_folder_of_somebody_else(plain, tmp_path: Path) -> None:
    (tmp_path / "Documents").mkdir()
    (tmp_path / "Documents" / "letter.txt").write_text("Dear")
    reply = begin(plain.test_client(), tmp_path / "Documents", 10)
    assert reply.status_code == 409 and "other files" in reply.json["error"]["sentence"]
    assert [path.name for path in (tmp_path / "Documents").iterdir()] == ["letter.txt"]


def test_a_piece_has_an_end(plain, tmp_path: Path) -> None:
    client = plain.test_client()
    upload = begin(client, tmp_path / "Survey", 2_000_000).json["id"]
    reply = client.post(f"/api/uploads/{upload}/piece?at=0", data=b"x" * (PIECE + 1), content_type=RAW)
    assert reply.status_code == 400 and client.get(f"/api/uploads/{upload}").json["have"] == 0


def test_nothing_is_sent_into_a_project_that_is_only_looked_at(client, app, tmp_path: Path) -> None:
    folder = app.stocked.path
    bench_of(app).close()
    bench_of(app).open(folder, looking=True)
    before = sorted(path.name for path in folder.iterdir())
    reply = begin(client, folder, 10)
    assert reply.status_code == 423 and reply.json["error"]["code"] == "project-readonly"
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.fixture
def port(plain) -> Iterator[int]:
    from waitress.server import create_server

    listening = serve.listening_socket(6200)
    listening.listen(16)
    server = create_server(plain, sockets=[listening], threads=2, **serve.LIMITS)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    server.close()
    server.asyncore.close_all(server._map)
    thread.join(10)


def test_a_connection_that_breaks_within_a_piece_keeps_none_of_it_and_the_file_goes_on(
    plain, port: int, tmp_path: Path, zipped: bytes
) -> None:
    uploads = bench_of(plain).uploads
    upload = uploads.begin(tmp_path / "Survey", "a.zip", len(zipped), "zip")

    def post(at: int, content: bytes, said: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(
                f"POST /api/uploads/{upload.uid}/piece?at={at} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                f"Content-Type: {RAW}\r\nContent-Length: {said}\r\nConnection: close\r\n\r\n".encode()
            )
            line.sendall(content)
            if len(content) < said:
                return b""
            return line.makefile("rb").read()

    assert b" 200 " in post(0, zipped[:PIECE], PIECE)
    post(PIECE, zipped[PIECE : PIECE + 1000], 100_000)
    assert upload.have == PIECE == upload.part.stat().st_size
    assert b" 200 " in post(PIECE, zipped[PIECE:], len(zipped) - PIECE)
    assert upload.path.read_bytes() == zipped


def test_the_server_keeps_a_piece_in_memory(plain, port: int, tmp_path: Path, zipped: bytes, monkeypatch) -> None:
    """A larger body is written to a file of the server's own first, where nobody sees it and nobody cleans up."""
    import tempfile

    def refused(*_, **__):
        raise AssertionError("the server wrote the piece to a file of its own")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    uploads = bench_of(plain).uploads
    upload = uploads.begin(tmp_path / "Survey", "a.zip", len(zipped), "zip")
    import http.client

    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("POST", f"/api/uploads/{upload.uid}/piece?at=0", zipped[:PIECE], {"Content-Type": RAW})
    assert line.getresponse().status == 200 and upload.have == PIECE
    line.close()
