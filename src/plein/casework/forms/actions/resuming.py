"""The link to go on later, by e-mail."""

from datetime import datetime

from plein.casework.forms.models import Draft
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules.definition import Question
from plein.casework.forms.rules.questions import Problem, bind
from plein.casework.messages.actions import Recipient, send
from plein.foundation.clock import local_date
from plein.foundation.identity.actors import Actor
from plein.foundation.words import Text

EMAIL = Question(key="email", kind="email", label=Text("E-mail", "E-mail"), required=False)


def read_email(text: str, language: str) -> tuple[str, Problem | None]:
    """Read an address; "" is none."""
    answers, problems = bind([EMAIL], {"email": text}, language)
    return answers.get("email", ""), problems.get("email")


def mail_link(draft: Draft, email: str, link: str, *, by: Actor, now: datetime) -> None:
    """Send the link to an address, in the language of the page; the address is not kept with the draft."""
    draft.refresh_from_db(fields=["resume_until"])
    title = definition_of(draft.version).title.said(draft.language)
    assert draft.resume_until is not None
    facts = {"form": title, "resume_link": link, "valid_until": local_date(draft.resume_until)}
    send("form-resume-link", to=Recipient(email=email, language=draft.language), facts=facts, by=by, now=now)
