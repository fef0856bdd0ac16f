"""Keeps a web process small: what it never uses is not loaded, what it lets go of returns to the machine."""

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Libraries that others take along when they find them, to draw in a terminal or to test templates.
NEEDLESS = ("rich", "jinja2", "pygments")
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # the parameters of glibc's mallopt(3)
KEPT = 1024 * 1024  # what may wait for re-use; asking the machine for each batch anew costs more than making it


def give_back() -> None:
    """Have the C library give nearly all freed memory back at once, shared between threads (glibc; elsewhere nothing).

    Left alone it keeps up to 64 MB for each thread that ever made a large download.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # the other pools hold on to what nobody uses
    with suppress(OSError, AttributeError):
        tune = ctypes.CDLL(None).mallopt
        for parameter, value in ((ARENA_MAX, 2), (TRIM_THRESHOLD, KEPT), (MMAP_THRESHOLD, KEPT)):
            tune(parameter, value)


@contextmanager
def loading() -> Iterator[None]:
    """Load the program without needless libraries, and keep it out of every later search for garbage."""
    hidden = [name for name in NEEDLESS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: as if it were not installed
    gc.disable()
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        gc.collect()
        gc.freeze()
        gc.enable()
