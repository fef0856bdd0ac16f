"""Words in two languages, without a framework, so that pure rules may carry them."""

from dataclasses import dataclass


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation and leave it as it is; the edge translates it when it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Dutch (B1) and English, for what signs and registers say."""

    nl: str
    en: str

    def said(self, language: str) -> str:
        """Give the text in a language; Dutch unless English is asked for."""
        return self.en if language.startswith("en") else self.nl
