"""The forms of a message that are words alone: the text of an e-mail, an SMS, picture rows, a phone script. Pure.

What is said comes as it is kept: {"title", "short", "blocks", "name", "reference"}.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from plein.casework.messages.rules import sms
from plein.casework.messages.rules.pictograms import PICTOGRAMS, pictogram
from plein.foundation.words import Text

WIDTH = 72
WORDS = {
    "dear": Text("Beste {name},", "Dear {name},"),
    "hello": Text("Goedendag,", "Hello,"),
    "greeting": Text("Met vriendelijke groet,", "Kind regards,"),
    "reference": Text("Kenmerk", "Reference"),
    "date": Text("Datum", "Date"),
    "do": Text("Wat moet u doen?", "What must you do?"),
    "automatic": Text(
        "Dit bericht komt van een computer. Hebt u een vraag? Antwoord gerust, een mens leest het.",
        "A computer sent this message. Do you have a question? Just answer, a person reads it.",
    ),
    "notice_title": Text(
        "Er is een bericht voor u van {organisation}", "There is a message for you from {organisation}"
    ),
    "notice": Text(
        "Er staat een nieuw bericht voor u klaar. U leest het als u inlogt.",
        "There is a new message for you. You read it when you log in.",
    ),
    "notice_link": Text("Lees uw bericht", "Read your message"),
    "notice_sms": Text(
        "{organisation}: er is een bericht voor u. Log in om het te lezen: {link}",
        "{organisation}: there is a message for you. Log in to read it: {link}",
    ),
    "who": Text(
        "Vraag wie u spreekt. Noem geen gegevens voordat u zeker weet met wie u spreekt.",
        "Ask whom you are talking to. Say nothing about the case before you are sure.",
    ),
    "self": Text("Goedendag, u spreekt met {organisation}.", "Hello, this is {organisation}."),
    "may_i": Text("Ik bel over: {title}. Komt het uit?", "I am calling about: {title}. Is this a good moment?"),
    "ask": Text("Is dit duidelijk? Hebt u nog een vraag?", "Is this clear? Do you have any other question?"),
    "bye": Text("Dank u wel. Fijne dag.", "Thank you. Have a good day."),
    "number": Text("Het nummer van uw zaak is {reference}.", "The number of your case is {reference}."),
}


def word(key: str, language: str, **facts: str) -> str:
    """Say one of the fixed sentences of messages."""
    return WORDS[key].said(language).format(**facts)


def greeting(told: Mapping[str, Any], language: str) -> str:
    """Greet the reader, by name when we know it."""
    name = str(told.get("name", "")).strip()
    return word("dear", language, name=name) if name else word("hello", language)


def notice(organisation: str, link: str, language: str) -> dict[str, Any]:
    """Say only that there is a message, for who reads it after logging in."""
    return {
        "title": word("notice_title", language, organisation=organisation),
        "short": word("notice_sms", language, organisation=organisation, link=link),
        "blocks": [
            {"kind": "paragraph", "text": word("notice", language), "picture": "mail", "pic": ""},
            {
                "kind": "link",
                "text": word("notice_link", language),
                "value": link,
                "href": link,
                "picture": "",
                "pic": "",
            },
        ],
        "name": "",
        "reference": "",
    }


def plain(told: Mapping[str, Any], *, language: str, organisation: str) -> str:
    """Write a message as the plain text of an e-mail, lines of 72 signs; web addresses stand on lines of their own."""
    parts = [fill(greeting(told, language), WIDTH)]
    parts += [_plain_block(block, language) for block in told["blocks"]]
    parts.append(f"{word('greeting', language)}\n{organisation}")
    if told.get("reference"):
        parts.append(f"{word('reference', language)}: {told['reference']}")
    parts.append("-- \n" + fill(word("automatic", language), WIDTH))
    return "\n\n".join(parts) + "\n"


def _plain_block(block: Mapping[str, Any], language: str) -> str:
    kind, text = block["kind"], str(block["text"])
    if kind == "list":
        return "\n".join(fill(item, WIDTH, initial_indent="- ", subsequent_indent="  ") for item in block["items"])
    if kind == "link":
        return f"{text}:\n{block['href']}"
    if kind in ("fact", "date", "amount"):
        return fill(f"{text}: {block['value']}", WIDTH)
    if kind == "step":
        return f"{word('do', language)}\n{fill(text, WIDTH)}"
    return fill(text, WIDTH)


def sms_text(told: Mapping[str, Any]) -> str:
    """Write a message as an SMS, in signs that do not make it twice as long."""
    return sms.simplified(" ".join(str(told["short"]).split()))


@dataclass(frozen=True, slots=True)
class Row:
    """One idea of a picture letter: the pictogram, what it shows, and a short sentence."""

    picture: str
    shows: str
    text: str


def picture_rows(told: Mapping[str, Any], *, language: str) -> list[Row]:
    """Write a message as pictograms with a short sentence each, one idea per row."""
    rows = []
    for block in told["blocks"]:
        name = pictogram(block)
        shows = PICTOGRAMS[name].said(language)
        rows += [Row(name, shows, text) for text in _ideas(block)]
    return rows


def _ideas(block: Mapping[str, Any]) -> Sequence[str]:
    if block.get("pic"):
        return [str(block["pic"])]
    if block["kind"] == "list":
        return [str(item) for item in block["items"]]
    if block["kind"] in ("fact", "date", "amount", "link"):
        return [f"{block['text']}: {block['value']}"]
    return [str(block["text"])]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a phone script: said aloud, or a note for who calls."""

    text: str
    is_note: bool = False


def script(told: Mapping[str, Any], *, language: str, organisation: str) -> list[Line]:
    """Write a message as what to say on the phone, in order; web addresses are left out."""
    lines = [
        Line(word("self", language, organisation=organisation)),
        Line(word("who", language), is_note=True),
        Line(word("may_i", language, title=str(told["title"]))),
    ]
    for block in told["blocks"]:
        if block["kind"] == "list":
            lines += [Line(str(item)) for item in block["items"]]
        elif block["kind"] in ("fact", "date", "amount"):
            lines.append(Line(f"{block['text']}: {block['value']}."))
        elif block["kind"] != "link":
            lines.append(Line(str(block["text"])))
    if told.get("reference"):
        lines.append(Line(word("number", language, reference=str(told["reference"]))))
    return [*lines, Line(word("ask", language)), Line(word("bye", language))]
