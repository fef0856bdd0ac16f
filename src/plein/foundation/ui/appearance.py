"""Light or dark: as the visitor chose, else as the visitor's device asks."""

from django.http import HttpRequest

COOKIE = "plein_appearance"
CHOICES = ("auto", "light", "dark")


def appearance_of(request: HttpRequest) -> str:
    """Tell which appearance the visitor chose; "auto" when none."""
    chosen = request.COOKIES.get(COOKIE, "auto")
    return chosen if chosen in CHOICES else "auto"
