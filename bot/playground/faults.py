"""Delays, drops, lost answers, 429s, Slack errors and kills, switched on by tests."""

from __future__ import annotations


class Faults:
    """No faults yet."""


class Limits:
    """No limits yet."""
