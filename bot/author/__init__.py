"""Tools for those who write content: check, new, stats, stale, preview and schema (`python -m bot content …`)."""
