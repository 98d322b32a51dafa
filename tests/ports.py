"""Ports for processes that a test starts: nobody else gets one between its choice and its use, or between two uses."""

import socket


def free_port() -> int:
    """Return a port of 127.0.0.1 that stays reserved until this process ends.

    A socket keeps it that is bound and never listens. Linux then gives the port to nobody who asks for any port, but
    lets a server bind it that names it and sets SO_REUSEADDR, as all of ours do, and PostgreSQL too.
    """
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", 0))
    port: int = keeper.getsockname()[1]
    keeper.detach()  # so that nobody closes it
    return port
