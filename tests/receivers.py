"""Receivers of notices on real sockets that misbehave as told; no tests of its own."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Receiver:
    """Listens on a port of this machine; answers each connection by the next of its scripts, the last one for good."""

    def __init__(self, *scripts: Callable[[socket.socket, bytes], None]) -> None:
        self._scripts = scripts
        self.requests: list[bytes] = []
        self.at: list[float] = []
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}/hook"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            request = _read(connection)
            with self._lock:
                script = self._scripts[min(len(self.requests), len(self._scripts) - 1)]
                self.requests.append(request)
                self.at.append(time.monotonic())
            try:
                script(connection, request)
            except OSError:
                return

    def close(self) -> None:
        self._socket.close()

    def bodies(self) -> list[bytes]:
        return [request.partition(b"\r\n\r\n")[2] for request in self.requests]


def _read(connection: socket.socket) -> bytes:
    raw = b""
    while b"\r\n\r\n" not in raw:
        piece = connection.recv(65_536)
        if not piece:
            return raw
        raw += piece
    head, _, body = raw.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


@contextmanager
def receiving(*scripts: Callable[[socket.socket, bytes], None]) -> Iterator[Receiver]:
    receiver = Receiver(*scripts)
    try:
        yield receiver
    finally:
        receiver.close()


def status(code: int, body: bytes = b"{}", **headers: str) -> Callable[[socket.socket, bytes], None]:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    answer = f"HTTP/1.1 {code} X\r\n{lines}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body

    def script(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(answer)

    return script


def silent(connection: socket.socket, _request: bytes) -> None:
    """Takes the request and says nothing."""
    time.sleep(5)


def reset(connection: socket.socket, _request: bytes) -> None:
    """Ends the connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection: socket.socket, _request: bytes) -> None:
    """Ends the connection without a word."""


def drip(connection: socket.socket, _request: bytes) -> None:
    """A header that never ends, a byte now and then: each read comes in time, the whole never does."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
    for _ in range(200):
        connection.sendall(b"a")
        time.sleep(0.05)


def flood(connection: socket.socket, _request: bytes) -> None:
    """A body that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")


def rubbish(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"\x00\xff not http\r\n\r\n")
