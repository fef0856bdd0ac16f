"""Was this clear? A count per question, and words without what could point at somebody."""

from datetime import datetime

from django.db import transaction

from plein.casework.forms.actions.counting import count
from plein.casework.forms.models import Draft, Remark
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules.definition import all_questions
from plein.casework.forms.rules.words import redacted
from plein.foundation.clock import local_date
from plein.foundation.errors import NotFound

WHAT = {"yes": "clear", "no": "unclear"}
MOST_A_DAY = 200


@transaction.atomic
def tell(draft: Draft, question: str, what: str, *, words: str = "", language: str, now: datetime) -> None:
    """Count that a question was clear ("yes") or not ("no"), or keep words about it ("words").

    Nothing ties it to the draft: the words get the day, and no time. Beyond 200 a day words are counted only.
    Raises NotFound for a question that the form does not have.
    """
    if question not in {one.key for one in all_questions(definition_of(draft.version))}:
        raise NotFound(what=question)
    if what in WHAT:
        count(draft.version, [(question, WHAT[what])], now=now)
    text, day = redacted(words), local_date(now)
    if what == "words" and text and Remark.objects.filter(version=draft.version, day=day).count() < MOST_A_DAY:
        Remark.objects.create(version=draft.version, question=question, day=day, text=text, language=language)
