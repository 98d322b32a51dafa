"""Serve the textbook peer, with uvicorn's defaults but for the logs."""

import os
import socket
import sys

import uvicorn


class Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write("ready\n")
        sys.stdout.flush()


if __name__ == "__main__":
    served, port = "tests.benchmarks.peers.textbook:api", int(os.environ["PORT"])
    Server(uvicorn.Config(served, host="127.0.0.1", port=port, access_log=False, log_level="warning")).run()
