"""What the server that forks imports: all that a process needs, so that it starts in milliseconds."""

import gc

import tests.faults.worker

__all__ = ("tests",)  # imported for what it brings along

gc.collect()
gc.freeze()  # what was imported stays shared between the processes
