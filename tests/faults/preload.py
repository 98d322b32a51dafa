"""The modules that the fork server imports: all that a process needs, so that it starts in milliseconds.

Nothing else may import this module: it replaces `library.load` for the whole process.
"""

import functools
import gc

import tests.faults.worker
from bot.content import library

__all__ = ("tests",)  # imported for what it brings along

library.load = functools.cache(library.load)  # frozen, so each process may use the one that was loaded before the fork
library.load()
gc.collect()
gc.freeze()  # what was imported stays shared between the processes
