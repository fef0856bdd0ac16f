"""The questions of saying it, and the forms of staff."""

from plein.casework.forms.rules.definition import Question, read_questions

WHAT = read_questions(
    [
        {
            "key": "text",
            "kind": "long_text",
            "label": {"nl": "Vertel in uw eigen woorden wat u ziet", "en": "Tell in your own words what you see"},
            "hint": {
                "nl": "Noem geen namen, telefoonnummers of kentekens.",
                "en": "Leave out names, phone numbers and number plates.",
            },
            "longest": 3000,
        },
        {
            "key": "photos",
            "kind": "photo",
            "required": False,
            "most": 3,
            "label": {"nl": "Foto's", "en": "Photos"},
            "hint": {
                "nl": "Een foto helpt ons het te vinden. Maak liever geen mensen herkenbaar.",
                "en": "A photo helps us find it. Better not show people recognisably.",
            },
        },
    ]
)
CONTACT = read_questions(
    [
        {
            "key": "email",
            "kind": "email",
            "required": False,
            "label": {"nl": "E-mailadres", "en": "E-mail address"},
            "why": {
                "nl": "Wij mailen u alleen over deze melding. U kunt uw gegevens altijd weghalen.",
                "en": "We only e-mail you about this report. You can always remove your details.",
            },
        },
        {
            "key": "phone",
            "kind": "phone",
            "required": False,
            "label": {"nl": "Telefoonnummer", "en": "Phone number"},
            "why": {
                "nl": "Wij bellen als wij het niet kunnen vinden, of sturen een sms als u geen e-mail gaf.",
                "en": "We call when we cannot find it, or text you when you gave no e-mail address.",
            },
        },
        {"key": "name", "kind": "text", "required": False, "label": {"nl": "Naam", "en": "Name"}, "longest": 100},
    ]
)
MORE = read_questions(
    [
        {
            "key": "text",
            "kind": "long_text",
            "required": False,
            "label": {"nl": "Wat wilt u nog vertellen?", "en": "What else do you want to tell?"},
            "longest": 3000,
        },
        {
            "key": "photos",
            "kind": "photo",
            "required": False,
            "most": 3,
            "label": {"nl": "Foto's", "en": "Photos"},
        },
    ]
)


def questions_of(told: object) -> tuple[Question, ...]:
    """Read the extra questions of a category."""
    return read_questions(told)
