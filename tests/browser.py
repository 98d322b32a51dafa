"""The real browser that pages are tested in: Debian's chromium."""

from pathlib import Path

from playwright.async_api import expect

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync "
    "--process-per-site --renderer-process-limit=1 --in-process-gpu --disable-software-rasterizer"  # fewer processes
).split()

PATIENCE = 60_000  # milliseconds; only there to end a test that would wait for ever, as a busy machine may be slow
expect.set_options(timeout=PATIENCE)
