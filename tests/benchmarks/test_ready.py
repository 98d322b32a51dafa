"""A server is measured once it is ready: until then the bot answers 503, which is no figure."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.benchmarks.processes import is_ready


@contextlib.contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Answer one request with this."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nready", True),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", True),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\nthe process is starting", False),
        (b"", False),
    ],
)
def test_a_server_that_answers_503_is_not_ready(answer: bytes, ready: bool) -> None:
    with answering(answer) as port:
        assert is_ready(port) is ready
