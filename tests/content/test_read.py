"""Only plain mappings, lists and texts are read. Everything else in YAML is refused, with line and column."""

import os
import re
from pathlib import Path

import pytest
import yaml

from bot.content.read import Unreadable, read

BOMB = "\n".join(  # "billion laughs": 10 to the power of 9 from a few hundred bytes
    ["a0: &a0 lol", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))]
)


def value_of(path: Path, text: str | bytes) -> object:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path, "x.yaml")[0]


def refusal_of(path: Path, text: str | bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        value_of(path, text)
    return str(refused.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.yaml"


def test_every_scalar_stays_the_text_that_was_written(path: Path) -> None:
    scalars = "\ufeffa: no\nb: 1_000\nc: 2026-11-24\nd: null\ne: 'yes'\nf: 0o17\n"
    assert value_of(path, f"{scalars}g:\n  - h: >-\n      1\n      2\n  - [3, {{4: }}]\n") == {
        "a": "no", "b": "1_000", "c": "2026-11-24", "d": "null", "e": "yes", "f": "0o17",
        "g": [{"h": "1 2"}, ["3", {"4": ""}]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b\na: c\n", "x.yaml:2:1 duplicate key 'a' (first at line 1)"),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", "x.yaml:4:3 duplicate key 'b' (first at line 2)"),
        ("a: &anchor b\n", "x.yaml:1:4 anchors (`&name`) are not allowed"),
        (BOMB, "x.yaml:1:5 anchors (`&name`) are not allowed"),
        ("a: *other\n", "x.yaml:1:4 aliases (`*name`) are not allowed"),
        ("a: !!python/object/apply:os.system [ls]\n", "x.yaml:1:4 tags (`!name`) are not allowed"),
        ("a: !!str b\n", "x.yaml:1:4 tags (`!name`) are not allowed"),
        ("<<: {a: b}\n? [c]\n: d\n", "x.yaml:2:3 a key must be a plain word"),
        ("a: b\n---\nc: d\n", "x.yaml:2:1 only one document a file"),
        ("", "x.yaml:1:1 is empty"),
        ("# nothing but a comment\n", "x.yaml:2:1 is empty"),
        (b"a: b\nc: \xff\n", "x.yaml:2:1 not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n\x00", "x.yaml:1:1 not UTF-8 text"),
        ("a: b".encode("utf-16"), "x.yaml:1:1 not UTF-8 text"),
        ("a: \0", "x.yaml:1:1 holds characters that YAML does not allow"),
        ("a: " + "[" * 21 + "]" * 21, "x.yaml:1:24 nested too deeply (20 levels at most)"),
        ("a: b" + " " * 2048 * 1024, "x.yaml:1:1 too large (2048 KB at most)"),
    ],
)
def test_what_is_refused_is_named_with_its_place(path: Path, text: str | bytes, said: str) -> None:
    assert refusal_of(path, text) == said


@pytest.mark.parametrize("text", ["a: [b", "a: 'b", "a: b\n  c: d", "- a\nb: c", "}"])
def test_broken_syntax_is_named_with_its_line(path: Path, text: str) -> None:
    assert re.match("x.yaml:[12]:[0-9]+ not YAML: ", refusal_of(path, text))


@pytest.mark.parametrize("brackets", ["[" * 3_000, "[" * 3_000 + "]" * 3_000, "{a: " * 3_000, "- " * 3_000])
def test_three_thousand_nested_brackets_are_refused_and_nothing_overflows(path: Path, brackets: str) -> None:
    assert refusal_of(path, brackets).startswith("x.yaml:1:")


def test_what_is_not_there_or_no_regular_file_says_so(tmp_path: Path) -> None:
    pipe, endless = tmp_path / "pipe.yaml", tmp_path / "endless.yaml"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    reasons = dict.fromkeys((tmp_path, pipe, endless), "is not a regular file")
    for path, reason in {**reasons, tmp_path / "gone": "can't be read: No such file"}.items():
        with pytest.raises(Unreadable, match=f"x.yaml:1:1 {reason}"):
            read(path, "x.yaml")


def test_without_libyaml_the_same_is_read_and_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert value_of(path, "a: [b, {c: d}]\n") == {"a": ["b", {"c": "d"}]}
    assert refusal_of(path, "a: b\na: c\n") == "x.yaml:2:1 duplicate key 'a' (first at line 1)"
    assert " not YAML: " in refusal_of(path, "a: [b")
    assert "nested too deeply" in refusal_of(path, "a: " + "[" * 3_000)
