"""Draw the page that tells how an installation went: one heading, what happens next, and one button."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STYLE = """
:root { color-scheme: light dark; --bg: #fff; --ink: #1d1c1d; --soft: #5e5c5e; --line: #e2e0e2; --accent: #007a5a;
  --accent-hover: #00694d; --focus: #1d7fd4; --frame: #360f3a; --code: #c5144f; --code-bg: #f5f4f5; }
@media (prefers-color-scheme: dark) { :root { --bg: #1a1d21; --ink: #e6e6e7; --soft: #abadb1; --line: #37393e;
  --focus: #62b5f3; --frame: #1f0d22; --code: #f0949f; --code-bg: #26292e; } }
* { box-sizing: border-box; }
body { display: grid; place-items: center; min-height: 100dvh; margin: 0; padding: 16px; background: var(--frame);
  color: var(--ink); font: 15px/1.47 "Lato", -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans",
  "Liberation Sans", Arial, sans-serif; }
main { width: min(560px, 100%); padding: 28px 32px; border-radius: 10px; background: var(--bg);
  overflow-wrap: anywhere; }
h1 { margin: 0 0 12px; font-size: 24px; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 22px 0 6px; font-size: 16px; }
p { margin: 0 0 10px; }
ol, ul { margin: 0; padding-left: 22px; }
li { margin: 6px 0; }
.soft { color: var(--soft); font-size: 13px; }
code { padding: 1px 4px; border: 1px solid var(--line); border-radius: 4px; background: var(--code-bg);
  color: var(--code); font: 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.button { display: inline-block; margin-top: 20px; padding: 8px 18px; border-radius: 8px; background: var(--accent);
  color: #fff; font-weight: 700; text-decoration: none; }
.button:hover { background: var(--accent-hover); }
.button:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",  # the address holds a code
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Button:
    """A link that looks like a button."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says. Its texts are plain, but for words between two backticks, which are drawn as code."""

    title: str
    text: str
    button: Button
    status: int = 200
    next_steps: Sequence[str] = ()
    switched_off: Sequence[str] = ()

    def html(self) -> str:
        """Return the whole page."""
        parts = [f"<h1>{_drawn(self.title)}</h1>", f"<p>{_drawn(self.text)}</p>"]
        if self.next_steps:
            parts.append(f"<h2>What happens next</h2><ol>{_items(self.next_steps)}</ol>")
        if self.switched_off:
            parts.append(f"<h2>Switched off</h2><ul>{_items(self.switched_off)}</ul>")
        parts.append(f'<a class="button" href="{escape(self.button.address)}">{escape(self.button.label)}</a>')
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(self.title)}</title><style>{STYLE}</style></head>"
            f"<body><main>{''.join(parts)}</main></body></html>"
        )


def _items(texts: Sequence[str]) -> str:
    return "".join(f"<li>{_drawn(text)}</li>" for text in texts)


def _drawn(text: str) -> str:
    """Return a text with its code marked. Everything is escaped, as a workspace's name may hold anything."""
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))
