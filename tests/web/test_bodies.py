"""Bodies and heads as the program's own server takes them: all have an end, and all have a host."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from spotid.web import bench_of, create_app, serve


@pytest.fixture
def app(stock):
    folder = stock.project.path
    stock.project.close()
    made = create_app()
    made.stocked = bench_of(made).open(folder)
    yield made
    bench_of(made).close()


@pytest.fixture
def port(app) -> Iterator[int]:
    from waitress.server import create_server

    listening = serve.listening_socket(6100)
    listening.listen(16)
    server = create_server(app, sockets=[listening], threads=2, **serve.LIMITS)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    server.close()
    server.asyncore.close_all(server._map)
    thread.join(10)


def raw(port: int, head: str, *pieces: bytes, close: bool = True) -> bytes:
    """Send bytes as they are; what comes back until the other side closes or 10 s are over."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        try:
            line.sendall(head.format(port=port).replace("\n", "\r\n").encode("latin-1"))
            for piece in pieces:
                line.sendall(piece)
            if close:
                line.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before all was sent
        reply = b""
        try:
            while more := line.recv(65536):
                reply += more
        except OSError:
            pass
        return reply


POST = "POST /api/projects/open HTTP/1.1\nHost: 127.0.0.1:{port}\nContent-Type: application/json\nConnection: close\n"


def status(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1]) if reply.startswith(b"HTTP/1.") else 0


def test_bodies_have_an_end(port: int) -> None:
    megabyte = b"x" * 1_000_000
    assert status(raw(port, POST + "Content-Length: 12\n\n", b'{"path":"x"}')) in (400, 404)
    assert status(raw(port, POST + "Content-Length: 1000001\n\n", megabyte, b"x")) == 413
    assert status(raw(port, POST + "Content-Length: 99999999999\n\n", b"{")) == 413
    assert status(raw(port, POST + "Content-Length: -5\n\n", b"{}")) == 400
    assert status(raw(port, POST + "Content-Length: 2\nContent-Length: 900\n\n", b"{}")) in (0, 400)
    chunks = [b"F4240\r\n" + megabyte + b"\r\n", b"F4240\r\n" + megabyte + b"\r\n", b"0\r\n\r\n"]
    assert status(raw(port, POST + "Transfer-Encoding: chunked\n\n", *chunks)) == 413
    smuggled = raw(
        port, POST + "Transfer-Encoding: chunked\nContent-Length: 5\n\n", b"0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"
    )
    assert smuggled.count(b"HTTP/1.") <= 1
    deep = b"[" * 200_000
    assert status(raw(port, POST + f"Content-Length: {len(deep)}\n\n", deep)) == 400


def test_heads_have_an_end_and_hosts_are_asked_for(port: int) -> None:
    plain = "GET / HTTP/1.1\nHost: 127.0.0.1:{port}\nConnection: close\n"
    assert status(raw(port, plain + "\n")) == 200
    assert status(raw(port, plain + f"X-Long: {'x' * 40_000}\n\n")) == 431
    for head in (
        "GET / HTTP/1.1\nConnection: close\n\n",
        "GET / HTTP/1.0\n\n",
        "GET / HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n",
        "GET / HTTP/1.1\nHost: 127.0.0.1:{port}\nHost: evil.example\nConnection: close\n\n",
        "GET http://evil.example/ HTTP/1.1\nHost: evil.example\nConnection: close\n\n",
    ):
        assert status(raw(port, head)) in (400, 403), head
    assert status(raw(port, "TRACE / HTTP/1.1\nHost: 127.0.0.1:{port}\nX-Secret: s\nConnection: close\n\n")) == 405
