"""Which jobs there are, and what stands to be done in every round of the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import Any, ClassVar

from django.apps import apps

from plein.foundation.jobs.schedules import Rhythm
from plein.foundation.rooms import rooms
from plein.foundation.words import Text

_jobs: dict[str, "Job"] = {}
_standing: dict[str, Callable[[datetime], bool]] = {}


@dataclass(frozen=True)
class Job:
    """A named piece of work.

    retries: tries after the first one. whole: the work and its outcome are one transaction, so what it wrote in the
    database happened exactly once; keep such work short, because others wait for it.
    """

    key: str
    function: Callable[..., Any]
    title: Text
    rhythm: Rhythm | None = None
    retries: int = 3
    whole: bool = False

    do_not_call_in_templates: ClassVar[bool] = True

    @cached_property
    def _wants_progress(self) -> bool:
        return "progress" in signature(self.function).parameters

    def __call__(self, **arguments: Any) -> Any:
        """Do the work here and now, as a plain function."""
        return self.function(**arguments)

    def do(self, *, now: datetime, progress: Callable[[int, int], None], **arguments: Any) -> Any:
        """Do the work with what it asks for."""
        if self._wants_progress:
            arguments["progress"] = progress
        return self.function(now=now, **arguments)


def job(
    key: str,
    *,
    title: Text,
    every: timedelta | None = None,
    at: str = "",
    retries: int = 3,
    whole: bool = False,
) -> Callable[[Callable[..., Any]], Job]:
    """Make a function a job, with `every` (a period) or `at` (the clock in town, "03:00") when it is scheduled.

    Raises ValueError when both are given, or when another function has the key.
    """
    rhythm = Rhythm(every=every, at=at) if every or at else None

    def register(function: Callable[..., Any]) -> Job:
        made = Job(key, function, title, rhythm, retries, whole)
        other = _jobs.get(key)
        if other and _name(other.function) != _name(function):
            raise ValueError(f"Two functions are job {key}: {_name(other.function)} and {_name(function)}")
        _jobs[key] = made
        return made

    return register


def standing(function: Callable[[datetime], bool]) -> Callable[[datetime], bool]:
    """Have a function called with the time in every round of the worker; it tells whether there was work.

    For what must go soon and must leave no history, such as delivering events.
    """
    _standing[_name(function)] = function
    return function


def all_jobs() -> dict[str, Job]:
    """Give all jobs by key, after reading the `jobs` module of every app of the house and every sign."""
    for config in apps.get_app_configs():
        name = f"{config.name}.jobs"
        if config.name.startswith("plein.") and name != "plein.foundation.jobs.jobs" and find_spec(name):
            import_module(name)
    import_module("plein.foundation.jobs.keeping")
    for room in rooms():
        for named in room.jobs():
            _jobs.setdefault(named.key, named)
    return dict(_jobs)


def all_standing() -> list[Callable[[datetime], bool]]:
    """Give what is done in every round."""
    return list(_standing.values())


def find(key: str) -> Job | None:
    """Give one job, reading all modules only when it is not known yet."""
    return _jobs.get(key) or all_jobs().get(key)


def forget(key: str) -> None:
    """Take a job off the list, for tests that make their own."""
    _jobs.pop(key, None)


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
