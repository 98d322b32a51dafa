"""Files that the app uploads: an address for the bytes first, then the message that shares them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.playground.emulator.blocks import Json


@dataclass
class File:
    """A file: announced, uploaded, then shared once. `secret` is the last part of its upload address."""

    id: str
    workspace: str
    name: str
    length: int
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    content: bytes | None = None
    shared: bool = False
    title: str = ""

    def as_json(self) -> Json:
        return {"id": self.id, "name": self.name, "title": self.title or self.name, "size": self.length}


class Files:
    """All files of an emulator."""

    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}

    def announce(self, workspace: str, name: str, length: int) -> File:
        """Return a new file, whose bytes are still to come."""
        file = File(f"F{len(self.by_id) + 1:08d}", workspace, name, length)
        self.by_id[file.id] = file
        return file

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a file, once and exactly as many as announced. A secret address needs no token."""
        secret, body = request.path_params["secret"], await request.body()
        file = next((each for each in self.by_id.values() if each.secret == secret), None)
        if file is None or file.content is not None:
            return PlainTextResponse("not found", 404)
        if len(body) != file.length:
            return PlainTextResponse(f"{len(body)} bytes, but {file.length} were announced", 400)
        file.content = body
        return PlainTextResponse(f"OK - {len(body)}")
