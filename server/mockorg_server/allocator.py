"""The memory allocator of a server's own process: told to give back what it does not need. Touches no Python object.

The allocator of glibc makes a heap per thread and learns to keep large freed blocks in it. A server whose threads now
and then write a reply of some megabytes then holds twice the memory that it uses. Not for a process that has a server
in it beside other things: the settings are the whole process's.
"""

from __future__ import annotations

import ctypes
import sys

# Parameters of mallopt(3), from malloc.h.
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

_LARGE_BLOCK_BYTES = 256 * 1024


def hold_little_memory() -> None:
    """Use one heap, and give blocks from 256 KiB on back to the system when they are freed. Does nothing but on glibc.

    Threads lose nothing by one heap: the interpreter's lock lets one of them allocate at a time.
    """
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return
    mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK_BYTES)
    mallopt(_M_ARENA_MAX, 1)
