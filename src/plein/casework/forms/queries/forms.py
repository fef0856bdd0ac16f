"""Forms and their versions."""

from functools import lru_cache
from typing import Any

from plein.casework.forms.models import Form, FormVersion
from plein.casework.forms.rules import definition
from plein.foundation.errors import NotFound


@lru_cache(maxsize=256)
def _read(pk: int, stamp: str) -> definition.Form:
    return definition.read_form(FormVersion.objects.values_list("definition", flat=True).get(pk=pk))


def definition_of(version: FormVersion) -> definition.Form:
    """Give a version as a form, kept in memory until it changes.

    Raises msgspec.ValidationError for what was written past the actions.
    """
    return _read(version.pk, version.changed_at.isoformat())


def published(key: str) -> FormVersion:
    """Give the version of an open form that is filled in now.

    Raises NotFound.
    """
    rows = FormVersion.objects.filter(form__key=key, form__is_open=True, state=FormVersion.PUBLISHED)
    found = rows.select_related("form").order_by("-number").first()
    if found is None:
        raise NotFound(what=key)
    return found


def version_of(key: str, number: int) -> FormVersion:
    """Give one version.

    Raises NotFound.
    """
    found = FormVersion.objects.filter(form__key=key, number=number).select_related("form").first()
    if found is None:
        raise NotFound(what=f"{key} {number}")
    return found


def open_forms() -> list[tuple[FormVersion, definition.Form]]:
    """List the forms that can be filled in now, newest version of each; one query and one per form not in memory."""
    rows = FormVersion.objects.filter(form__is_open=True, state=FormVersion.PUBLISHED).select_related("form")
    newest: dict[str, FormVersion] = {}
    for row in rows.order_by("form__key", "number"):
        newest[row.form.key] = row
    return [(row, definition_of(row)) for row in newest.values()]


def all_forms() -> list[dict[str, Any]]:
    """List all forms for who makes them, with their newest version and the draft of the next; two queries."""
    found = []
    for form in Form.objects.prefetch_related("versions"):
        versions = sorted(form.versions.all(), key=lambda one: one.number)
        live = [one for one in versions if one.state == FormVersion.PUBLISHED]
        draft = next((one for one in versions if one.state == FormVersion.DRAFT), None)
        shown = draft or (live[-1] if live else None)
        title = (shown.definition.get("title") or {}) if shown else {}
        found.append({"form": form, "live": live[-1] if live else None, "draft": draft, "title": title})
    return found


def documents() -> list[dict[str, str]]:
    """Give what search finds of forms."""
    from django.urls import reverse

    return [
        {
            "id": version.form.key,
            "url": reverse("casework_forms:start", args=[version.form.key]),
            "kind": "form",
            "title_nl": form.title.nl,
            "title_en": form.title.en,
            "text_nl": form.lead.nl,
            "text_en": form.lead.en,
        }
        for version, form in open_forms()
    ]
