"""A short word on top of the next page."""

from django.contrib import messages
from django.http import HttpRequest


def tell(request: HttpRequest, words: str) -> None:
    """Say on the next page that something was done."""
    messages.success(request, words)
