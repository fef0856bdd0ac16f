"""Making a form: a draft of the next version is changed and published; what is published stays as it is."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from plein.casework.forms.errors import ChangedMeanwhile, NoDraftVersion, NotSound
from plein.casework.forms.models import Form, FormVersion
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules import definition
from plein.casework.forms.rules.checking import faults
from plein.foundation.errors import NotFound
from plein.foundation.identity import audit
from plein.foundation.identity.actors import Actor, require
from plein.foundation.jobs import enqueue
from plein.foundation.words import Text

EDIT = "forms.edit"


def _subject(version: FormVersion) -> str:
    return f"form:{version.form.key}/{version.number}"


@transaction.atomic
def make_form(key: str, *, title: Text, by: Actor, now: datetime) -> FormVersion:
    """Make a form with a first, empty draft.

    Raises NotAllowed, ChangedMeanwhile when the key is taken.
    """
    require(by, EDIT)
    form, is_new = Form.objects.get_or_create(key=key, defaults={"created_at": now})
    if not is_new:
        raise ChangedMeanwhile()
    made = definition.Form(title=title, lead=Text("", ""), steps=())
    version = _add(form, 1, definition.written(made), by=by, now=now)
    audit.note("forms.make", subject=_subject(version), by=by, now=now)
    return version


def _add(form: Form, number: int, data: Any, *, by: Actor, now: datetime) -> FormVersion:
    return FormVersion.objects.create(form=form, number=number, definition=data, changed_at=now, changed_by=by.uri)


@transaction.atomic
def new_version(form: Form, *, by: Actor, now: datetime) -> FormVersion:
    """Give the draft of the next version, made from the newest published one when there is none.

    Raises NotAllowed.
    """
    require(by, EDIT)
    found = form.versions.filter(state=FormVersion.DRAFT).first()
    if found is not None:
        return found
    newest = form.versions.order_by("-number").first()
    assert newest is not None  # a form begins with a version
    version = _add(form, newest.number + 1, newest.definition, by=by, now=now)
    audit.note("forms.new-version", subject=_subject(version), by=by, now=now)
    return version


@transaction.atomic
def change(
    version: FormVersion,
    how: Callable[[definition.Form], definition.Form],
    *,
    what: str,
    seen: str,
    by: Actor,
    now: datetime,
) -> FormVersion:
    """Change a draft version. how: gives the form as it will be; seen: `changed_at` as the editor's page had it.

    Raises NotAllowed, NoDraftVersion, ChangedMeanwhile.
    """
    require(by, EDIT)
    row = FormVersion.objects.select_for_update().select_related("form").get(pk=version.pk)
    if row.state != FormVersion.DRAFT:
        raise NoDraftVersion()
    if seen and seen != row.changed_at.isoformat():
        raise ChangedMeanwhile()
    row.definition = definition.written(how(definition.read_form(row.definition)))
    row.changed_at, row.changed_by = now, by.uri
    row.save(update_fields=["definition", "changed_at", "changed_by"])
    audit.note("forms.change", subject=_subject(row), by=by, now=now, what=what)
    return row


@transaction.atomic
def publish(version: FormVersion, *, by: Actor, now: datetime) -> FormVersion:
    """Publish a version: from now on people fill in this one; who began with an older one finishes that.

    Raises NotAllowed, NoDraftVersion, NotSound.
    """
    require(by, "forms.publish")
    row = FormVersion.objects.select_for_update().select_related("form").get(pk=version.pk)
    if row.state != FormVersion.DRAFT:
        raise NoDraftVersion()
    wrong = faults(definition_of(row))
    if wrong:
        raise NotSound(count=len(wrong))
    row.state, row.published_at = FormVersion.PUBLISHED, now
    row.save(update_fields=["state", "published_at"])
    Form.objects.filter(pk=row.form_id).update(is_open=True)
    audit.note("forms.publish", subject=_subject(row), by=by, now=now)
    enqueue("forms.print-paper", version=row.pk, now=now)
    return row


@transaction.atomic
def switch(form: Form, *, is_open: bool, by: Actor, now: datetime) -> None:
    """Open a form, or close it for new starts; who is busy can finish.

    Raises NotAllowed, NotFound when nothing is published yet.
    """
    require(by, "forms.publish")
    if is_open and form.published is None:
        raise NotFound(what=form.key)
    Form.objects.filter(pk=form.pk).update(is_open=is_open)
    audit.note("forms.open" if is_open else "forms.close", subject=f"form:{form.key}", by=by, now=now)


@transaction.atomic
def bring(key: str, data: Any, *, by: Actor, now: datetime) -> FormVersion:
    """Make and publish a form that Plein ships, unless there is one under its key: staff may have changed it since.

    Raises msgspec.ValidationError, NotSound.
    """
    form = Form.objects.filter(key=key).first()
    if form is not None:
        return form.versions.order_by("-number")[0]
    read = definition.read_form(data)
    version = make_form(key, title=read.title, by=by, now=now)
    version = change(version, lambda _: read, what="bring", seen="", by=by, now=now)
    return publish(version, by=by, now=now)


def checked(text: str) -> tuple[definition.Form | None, str]:
    """Read a whole form from JSON text; gives the form, or what is wrong with it."""
    try:
        return definition.read_form(msgspec.json.decode(text)), ""
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        return None, str(error)
