"""Screens and messages, one file each: pure functions from what the coach says to blocks."""
