"""A report on the page of its case at the desk: what it shows, and what staff do with it."""

from typing import Any

from plein.foundation.rooms import CaseAction, CasePanel
from plein.foundation.words import Text
from plein.service.reports import forms
from plein.service.reports.actions import deeds
from plein.service.reports.queries import staff
from plein.service.reports.rules.zaaktype import KEY


def _deed(key: str, nl: str, en: str, **more: Any) -> CaseAction:
    return CaseAction(zaaktypen=(KEY,), key=key, title=Text(nl, en), **more)


def at_the_desk() -> list[Any]:
    """List what the desk shows of a report, and what can be done with it there."""
    is_open = staff.is_open
    return [
        CasePanel(
            zaaktypen=(KEY,),
            title=Text("De melding", "The report"),
            template="reports/desk/panel.html",
            context=staff.panel,
            order=10,
        ),
        _deed("status", "Ga aan de slag", "Start work", do=deeds.start, is_open=staff.is_new, is_main=True, order=20),
        _deed(
            "close",
            "Afhandelen",
            "Close",
            do=deeds.close,
            form=forms.EndingForm,
            is_open=is_open,
            is_main=True,
            order=30,
        ),
        _deed(
            "reopen",
            "Heropenen",
            "Reopen",
            do=deeds.reopen,
            form=forms.ReasonForm,
            is_open=staff.is_closed,
            is_main=True,
            order=30,
        ),
        _deed(
            "pass-on",
            "Doorgeven aan de eigenaar",
            "Pass on to its owner",
            do=deeds.pass_on,
            form=forms.OwnerForm,
            is_open=is_open,
            order=35,
        ),
        _deed(
            "kind", "Andere soort", "Another kind", do=deeds.change_kind, form=forms.KindForm, is_open=is_open, order=36
        ),
        _deed("merge", "Samenvoegen", "Merge", do=deeds.merge, form=forms.MergeForm, is_open=is_open, order=37),
        _deed("split", "Splitsen", "Split", do=deeds.split, form=forms.SplitForm, is_open=is_open, order=38),
        _deed(
            "words",
            "Openbare tekst",
            "Public words",
            do=deeds.change_words,
            form=forms.WordsForm,
            is_open=staff.may_handle,
            order=39,
        ),
    ]
