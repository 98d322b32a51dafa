"""Tools for those who write content: check, new, stats, stale, preview and year (`python -m bot content …`)."""
