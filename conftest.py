"""Gives the databases to all tests."""

pytest_plugins = ["databases"]
