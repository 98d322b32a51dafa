"""Tools for those who write content: check, new, stale, preview and year (`python -m bot content …`)."""
