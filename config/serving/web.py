"""The web server: uvicorn in the main thread, under our signals instead of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from accounts.http.problems import API_PREFIX, refusal
from config.serving.exceptions import ServeRefused

SOCKET_MESSAGE_BYTES = 1024 * 1024
CUT_SECONDS = 5.0


def bind(host: str, port: int) -> socket.socket:
    """A socket that holds the address but does not listen yet; refuses where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((host.strip("[]"), port))
    except OSError as problem:
        held.close()
        raise ServeRefused(
            f"Can't serve on {host} port {port}: {problem.strerror}. "
            "Choose another with --port or PORT."
        ) from problem
    held.set_inheritable(True)
    return held


def address_of(held: socket.socket) -> str:
    """The address a person types, of a bound socket."""
    host, port = held.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Web(uvicorn.Server):
    """uvicorn that leaves signals alone and says when it answers."""

    def __init__(self, held: socket.socket, *, grace: int, ready: Callable[[], None]) -> None:
        super().__init__(_configuration(grace))
        self._held = held
        self._ready = ready

    def serve_until_stopped(self) -> None:
        self.run(sockets=[self._held])

    def ask_to_stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises a captured SIGTERM again after its shutdown; without this override the
        # process would die there, before the worker has finished its tasks.
        yield


class Protocol(HttpToolsProtocol):
    """HTTP as uvicorn reads it; what isn't HTTP is answered with a problem document, too."""

    def send_400_response(self, msg: str) -> None:
        answer = refusal(API_PREFIX, 400, "This is no HTTP request.")
        head = (
            f"HTTP/1.1 400 Bad Request\r\nContent-Type: {answer['Content-Type']}\r\n"
            f"Content-Length: {len(answer.content)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + answer.content)
        self.transport.close()


class Sockets(WebSocketsSansIOProtocol):
    """Sockets as uvicorn speaks them. One that is closed while its page takes nothing is cut: what
    was written and is not taken would keep the connection, and its buffer, for as long as that."""

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self.loop.call_later(CUT_SECONDS, self.transport.abort)


def _configuration(grace: int) -> uvicorn.Config:
    return uvicorn.Config(
        "config.asgi:application",
        loop="uvloop",
        http=Protocol,
        ws=Sockets,
        ws_max_size=SOCKET_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # The peer stays the peer: config.proxies asks by it whether the headers count.
        proxy_headers=False,
        timeout_graceful_shutdown=grace,
    )
