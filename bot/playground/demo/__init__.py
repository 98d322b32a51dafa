"""The demo of roleshift: `python -m bot play` with a sample workspace, thirteen past weeks, and the jobs."""
