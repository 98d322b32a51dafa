"""Import the modules that a file names, and do nothing else: the least that a start can cost."""

import contextlib
import importlib
import os
import socket
import sys
from pathlib import Path

if __name__ == "__main__":
    for name in Path(sys.argv[1]).read_text().split():
        with contextlib.suppress(ImportError):  # such as a migration, which Alembic loads by its path
            importlib.import_module(name)
    with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))) as server:
        while True:  # it is asked whether it is ready, in the same way as the bot
            connection, _ = server.accept()
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            connection.close()
