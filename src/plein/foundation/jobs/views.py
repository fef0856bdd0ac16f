"""The pages of administrators: what is scheduled, what was done, and what went wrong."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from plein.foundation import clock
from plein.foundation.identity.access import rights
from plein.foundation.jobs import queue, registry
from plein.foundation.jobs.models import JobRun, Schedule
from plein.foundation.words import Text

PAGE = 50
STATUS = {
    JobRun.WAITING: "neutral",
    JobRun.RUNNING: "busy",
    JobRun.DONE: "good",
    JobRun.DEAD: "wrong",
    JobRun.REFUSED: "attention",
    JobRun.REPLACED: "neutral",
}


@dataclass(frozen=True)
class Row:
    """A run as the page shows it."""

    run: JobRun
    title: Text
    status: str
    word: str

    @property
    def about(self) -> str:
        """Tell what it was asked to do it with, to tell runs of one job apart."""
        return ", ".join(str(value) for value in self.run.arguments.values())


@dataclass(frozen=True)
class Planned:
    """A schedule as the page shows it."""

    title: Text
    key: str
    rhythm: str
    last_at: datetime | None
    next_at: datetime


@rights("jobs.manage")
def jobs(request: HttpRequest) -> HttpResponse:
    """List the schedules and the runs, the newest first."""
    chosen, only = request.GET.get("outcome", ""), request.GET.get("job", "")
    runs = JobRun.objects.order_by("-queued_at", "-id")
    runs = runs.filter(outcome=chosen) if chosen in STATUS else runs
    runs = runs.filter(job=only) if only else runs
    page = Paginator(runs, PAGE).get_page(request.GET.get("page"))
    known = registry.all_jobs()
    context = {
        "page": page,
        "rows": [_row(run, known) for run in page.object_list],
        "has_progress": any(run.progress for run in page.object_list),
        "planned": [_planned(one, known) for one in Schedule.objects.order_by("next_at")],
        "outcomes": [(key, _word(key), key == chosen) for key in STATUS],
        "chosen": chosen,
        "job": only,
        "jobs": sorted(known.values(), key=lambda job: job.key),
    }
    return render(request, "jobs/jobs.html", context)


@rights("jobs.manage")
def one_run(request: HttpRequest, run: int) -> HttpResponse:
    """Show one run with its error and what it was asked to do."""
    found = get_object_or_404(JobRun, pk=run)
    may_retry = found.outcome in (JobRun.DEAD, JobRun.REFUSED)
    return render(request, "jobs/run.html", {"row": _row(found, registry.all_jobs()), "may_retry": may_retry})


@require_POST
@rights("jobs.manage")
def retry(request: HttpRequest, run: int) -> HttpResponse:
    """Have a run done again."""
    again = queue.retry(run, now=clock.now())
    messages.success(request, _("Job {number} will be done again within a minute.").format(number=again.pk))
    return redirect("jobs:list")


def _row(run: JobRun, known: dict[str, registry.Job]) -> Row:
    title = known[run.job].title if run.job in known else Text(run.job, run.job)
    return Row(run, title, STATUS[run.outcome], _word(run.outcome))


def _planned(one: Schedule, known: dict[str, registry.Job]) -> Planned:
    job = known.get(one.job)
    title = job.title if job else Text(one.job, one.job)
    return Planned(title, one.job, _said(job) if job else one.rhythm, one.last_at, one.next_at)


def _said(job: registry.Job) -> str:
    """Say a rhythm in words."""
    if job.rhythm is None:
        return _("no longer scheduled")
    if job.rhythm.every is None:
        return _("every day at {time}").format(time=job.rhythm.at)
    minutes = job.rhythm.every.total_seconds() / 60
    if minutes >= 60 and minutes % 60 == 0:
        return ngettext("every hour", "every {count} hours", int(minutes // 60)).format(count=int(minutes // 60))
    if minutes < 1:
        return ngettext("every second", "every {count} seconds", int(minutes * 60)).format(count=int(minutes * 60))
    return ngettext("every minute", "every {count} minutes", int(minutes)).format(count=f"{minutes:g}")


def _word(outcome: str) -> str:
    words = {
        JobRun.WAITING: _("Waiting"),
        JobRun.RUNNING: _("Under way"),
        JobRun.DONE: _("Done"),
        JobRun.DEAD: _("Failed"),
        JobRun.REFUSED: _("Refused"),
        JobRun.REPLACED: _("Replaced by a later one"),
    }
    return words[outcome]
