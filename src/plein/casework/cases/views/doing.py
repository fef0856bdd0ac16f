"""Making a change and going on, with a refusal said on the page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from plein.foundation.errors import Refused
from plein.foundation.ui.refusals import parted


def done(request: HttpRequest, change: Callable[[], Any], said: str, to: str, *args: Any) -> HttpResponse:
    """Make a change, say so, and go to a page; a refusal is said there instead."""
    try:
        change()
    except Refused as refused:
        messages.error(request, " ".join(part for part in parted(refused) if part))
    else:
        messages.success(request, said)
    return redirect(to, *args)
