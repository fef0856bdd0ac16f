"""How forms and their questions do."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Sum

from plein.casework.forms.models import FormVersion, QuestionDay, Remark
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules.definition import all_questions
from plein.casework.forms.rules.insight import Doing, doings, worst_first


def forms(*, since: date) -> list[dict[str, Any]]:
    """Give per form how often it was begun and sent; two queries and one per form not in memory."""
    rows = QuestionDay.objects.filter(question="", day__gte=since).values_list("version__form__key", "what")
    told: Counter[tuple[str, str]] = Counter()
    for key, what, count in rows.annotate(n=Sum("count")).values_list("version__form__key", "what", "n"):
        told[key, what] += count
    newest: dict[str, FormVersion] = {}
    live = FormVersion.objects.filter(state=FormVersion.PUBLISHED).select_related("form").order_by("number")
    for version in live:
        newest[version.form.key] = version
    return [
        {
            "key": key,
            "title": definition_of(version).title,
            "number": version.number,
            "started": told[key, "started"],
            "sent": told[key, "sent"],
            "share": told[key, "sent"] / told[key, "started"] if told[key, "started"] else None,
        }
        for key, version in sorted(newest.items())
    ]


def questions(version: FormVersion, *, since: date) -> list[tuple[Doing, Any]]:
    """Give how each question of a version does, the worst on top, with the question itself; one query."""
    rows = QuestionDay.objects.filter(version=version, day__gte=since).values_list("question", "what")
    found = doings(rows.annotate(n=Sum("count")).values_list("question", "what", "n"))
    known = {question.key: question for question in all_questions(definition_of(version)) if question.kind != "info"}
    every = [found.get(key, Doing(key)) for key in known]
    return [(one, known[one.key]) for one in worst_first(every)]


def steps_left(version: FormVersion, *, since: date) -> dict[str, int]:
    """Count per step how often a form was left there; one query."""
    rows = QuestionDay.objects.filter(version=version, what="left", question__startswith="step:", day__gte=since)
    told = rows.values_list("question").annotate(n=Sum("count")).values_list("question", "n")
    return {key.removeprefix("step:"): count for key, count in told}


def remarks(version: FormVersion, *, since: date) -> list[Remark]:
    """List what people wrote, newest first, at most 100; one query."""
    return list(Remark.objects.filter(version=version, day__gte=since)[:100])
