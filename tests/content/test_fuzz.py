"""A content file with any bytes is either read, or refused with its mistakes."""

import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bot.content.library import ContentError, load
from tests.content.folder import write

PLACE = re.compile(r"content/[^:\n]+:[1-9][0-9]*:[1-9][0-9]* \S")
SPLINTERS = (  # what YAML, UTF-8 and Python have stumbled over before
    b"[", b"]", b"{", b"}", b"&a ", b"*a", b"!!python/name:os.system ", b"!!set", b"? ", b": ", b"- ", b"\n---\n",
    b"\n...\n", b"\t", b"\r", b"\0", b"\xff", b"\xfe\xff", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8",
    b"\xc2\x85", b"|", b">", b"'", b'"', b'"\\x', b"%YAML 9.9\n", b"#", b"<<: ", b"=", b"\xef\xbb\xbf", b"[" * 3_000,
    b"9" * 5_000, b"\n  \n",
)  # fmt: skip


def flip(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def insert(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    data[at:at] = chance.choice(SPLINTERS)


def cut(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randrange(1, 80)]


def repeat(chance: random.Random, data: bytearray) -> None:
    start, at = chance.randrange(len(data)), chance.randrange(len(data))
    data[at:at] = data[start : start + chance.randrange(1, 200)]


def end_early(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(len(data)) :]


def mutants(chance: random.Random, originals: dict[Path, bytes]) -> Iterator[tuple[Path, bytes]]:
    while True:
        path = chance.choice(list(originals))
        data = bytearray(originals[path])
        for mutate in chance.choices((flip, insert, cut, repeat, end_early), (4, 8, 4, 3, 1), k=chance.randint(1, 4)):
            if data:
                mutate(chance, data)
        yield path, bytes(data)


def mistakes_in(folder: Path) -> tuple[str, ...]:
    try:
        load(folder)
    except ContentError as error:
        return tuple(map(str, error.mistakes)) or ("a refusal that names nothing",)
    return ()


def test_a_hundred_mangled_files_are_each_read_or_refused_with_their_lines(tmp_path: Path, seed: int) -> None:
    folder = write(tmp_path)
    originals = {path: path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}
    sound = 0
    chance = random.Random(seed)  # noqa: S311 - it must replay
    for path, mangled in islice(mutants(chance, originals), 100):
        path.write_bytes(mangled)
        mistakes = mistakes_in(folder)
        assert [mistake for mistake in mistakes if not PLACE.match(mistake)] == []
        sound += not mistakes
        path.write_bytes(originals[path])
    assert 0 < sound < 60, "a fuzz that breaks everything, or nothing, tries too little"
