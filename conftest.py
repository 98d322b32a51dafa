"""Gives the databases to all tests."""

pytest_plugins = ["tests.databases"]
