"""One server per database file: an advisory lock on ``FILE.lock``, which the system drops when the process dies.

Not the lock between the threads of one server; that one is in ``store.py``.
"""

import os
import sys

from mockorg_server.store.error import StoreError

if sys.platform == "win32":
    import msvcrt

    def _seize(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _seize(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """The right to serve one database file, held from construction to ``release``.

    The lock file itself stays: removing it would let two servers lock two different files of one name.
    """

    def __init__(self, database: str) -> None:
        path = f"{os.path.realpath(database)}.lock"  # two names of one file must not give two locks
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(f"cannot create the lock file {path}: {error.strerror}") from error
        try:
            _seize(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise StoreError("another server is using it") from error

    def release(self) -> None:
        """Let another server have the file."""
        os.close(self._descriptor)
