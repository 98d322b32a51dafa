"""The demo of roleshift: `python -m bot play` with a sample workspace, five past weeks, and the jobs."""
