"""Keeps linear algebra on one thread while a question is answered.

Its threads go on spinning for a while after each product and take the processor's cores from the
encoder's: with them a question takes half as long again. Its products here are small. The limit
holds for the whole process as long as anyone asks; one that the program sets meanwhile is overridden.
"""

from functools import cache
from threading import Lock
from typing import Any

from threadpoolctl import OpenBLASController, ThreadpoolController


class _SingleThreaded:
    """A context in which BLAS libraries use one thread; the last one out restores them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._limit: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                _take_over()
                self._limit = _pools().limit(limits=1)
            self._inside += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                _take_over()
                self._limit.restore_original_limits()
                _take_over()  # and leave it to whoever comes


def _take_over() -> None:
    """Let this thread set the limit: since 3.8 threadpoolctl heeds only the one that did so first."""
    OpenBLASController.clear_controlling_thread(force=True)


@cache
def _pools() -> ThreadpoolController:
    # Only those with threads of their own; OpenMP counts threads for each thread apart.
    return ThreadpoolController().select(threading_layer="pthreads")


single_threaded = _SingleThreaded()
