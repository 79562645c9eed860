"""A mail server of a few lines: takes mail, refuses an address, or keeps its client waiting."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class Post:
    """What the server was given; `open` lets it answer the end of a message."""

    port: int = 0
    refused: str = "nobody@"
    messages: list[Message] = field(default_factory=list)
    waits: bool = False
    reached: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]


@contextmanager
def mail_server(**options: bool) -> Iterator[Post]:
    post = Post(waits=options.get("waits", False))

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline():
                self.answer(line.decode("ascii", "replace").strip())

        def answer(self, line: str) -> None:
            verb = line[:4].upper()
            if verb == "RCPT" and post.refused in line:
                self.say("550 no such user")
            elif verb == "DATA":
                self.say("354 go on")
                self.take()
            else:
                self.say("221 bye" if verb == "QUIT" else "250 fine")

        def take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            post.messages.append(message_from_bytes(b"".join(lines)))
            post.reached.set()
            if post.waits:
                post.open.wait(30)
            self.say("250 taken")

        def say(self, line: str) -> None:
            try:
                self.wfile.write(f"{line}\r\n".encode())
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that was killed is no error of the server."""

    with Server(("127.0.0.1", 0), Session) as server:
        post.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield post
        post.open.set()
        server.shutdown()
