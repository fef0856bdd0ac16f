"""Which words make a password easy to guess here: of the town, of Plein, of what people do, and of the season.

A password may hold such a word; what is left without it must still be long enough.
"""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from plein.foundation.identity.roles import all_roles

LEAST = 12
WORDS = """
    plein gemeente stadhuis gemeentehuis raadhuis medewerker beheerder administrator admin wachtwoord password welkom
    welcome inloggen digid eherkenning geheim secret qwerty asdfgh azerty winter lente herfst zomer voorjaar najaar
    summer spring autumn januari februari maart april juni juli augustus september oktober november december
"""


def context_words() -> list[str]:
    """List the words, longest first: the fixed ones, and those of this municipality and its roles."""
    told = [settings.PLEIN["ORGANISATION"], *(role.title.nl for role in all_roles().values()), *all_roles()]
    own = {part for text in told for part in re.split(r"[^a-zà-ÿ]+", text.lower()) if len(part) > 3}
    return sorted({*WORDS.split(), *own}, key=lambda word: (-len(word), word))


class ContextWords:
    """Refuses a password that is too short once the words that everybody here would try are taken out."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when too little is left."""
        left = password.lower()
        for word in context_words():
            left = left.replace(word, "")
        if left != password.lower() and len(left) < LEAST - 4:
            raise ValidationError(
                _("This password holds words that many would try here, and little else. Add words of your own."),
                code="context_words",
            )

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("Choose words that have nothing to do with the municipality or your work.")
