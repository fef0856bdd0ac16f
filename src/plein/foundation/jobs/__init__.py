"""Background and scheduled work on the database: no broker, in the caller's transaction, with visible history.

    from plein.foundation.jobs import enqueue, job

    @job("sensing.seal", every=timedelta(minutes=10), retries=3, title=Text("Metingen opbergen", "Store readings"))
    def seal(*, now: datetime) -> None: ...

    enqueue(seal, key="seal")          # inside the caller's transaction

A job is a function of keyword arguments that JSON can hold, plus `now` and, when it asks for it, `progress`: call
`progress(done, total)`. Jobs live in a module `jobs` of their app or are named on a room's sign.
"""

from typing import TYPE_CHECKING, Any

from plein.foundation.jobs.registry import Job, job, standing

if TYPE_CHECKING:
    from plein.foundation.jobs.queue import enqueue, retry, run_due
    from plein.foundation.jobs.worker import work

__all__ = ["Job", "enqueue", "job", "retry", "run_due", "standing", "work"]

_LATER = {"enqueue": "queue", "retry": "queue", "run_due": "queue", "work": "worker"}


def __getattr__(name: str) -> Any:
    """Give the doors that need the database; importing them waits until the apps are ready."""
    if name not in _LATER:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"plein.foundation.jobs.{_LATER[name]}"), name)
