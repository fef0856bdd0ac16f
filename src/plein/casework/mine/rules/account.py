"""How the use of somebody's data is told to them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from plein.foundation.words import Text

TOWN = ZoneInfo("Europe/Amsterdam")
STAFF = Text("Iemand die bij de gemeente werkt", "Somebody who works for the municipality")
ASKED_BY = {
    "staff": STAFF,
    "system": Text("Een computer, vanzelf", "A computer, by itself"),
    "partner": Text("Een organisatie die met ons werkt", "An organisation that works with us"),
    "resident": Text("U, of wie namens u handelt", "You, or somebody who acts for you"),
    "organisation": Text("U, of wie namens u handelt", "You, or somebody who acts for you"),
    "anonymous": Text("Iemand met een geheime link", "Somebody with a secret link"),
}
UNKNOWN_ACTOR = Text("Niet vastgelegd", "Not written down")
FIELDS = {
    "address": Text("Adres", "Address"),
    "answers": Text("Antwoorden in het formulier", "Answers in the form"),
    "birth_date": Text("Geboortedatum", "Date of birth"),
    "bsn": Text("Burgerservicenummer", "Citizen service number"),
    "cases": Text("Zaken", "Cases"),
    "contact": Text("Contactgegevens", "Contact details"),
    "content": Text("Tekst van het bericht", "Text of the message"),
    "documenten": Text("Documenten", "Documents"),
    "documents": Text("Documenten", "Documents"),
    "email": Text("E-mailadres", "E-mail address"),
    "entries": Text("Wat er gebeurde in de zaak", "What happened in the case"),
    "kvk": Text("KVK-nummer", "KVK number"),
    "location": Text("Plaats", "Place"),
    "log": Text("Het overzicht van gebruik", "The account of use"),
    "mandates": Text("Wie namens u mag handelen", "Who may act for you"),
    "messages": Text("Berichten", "Messages"),
    "name": Text("Naam", "Name"),
    "notes": Text("Notities", "Notes"),
    "omschrijving": Text("Onderwerp van de zaak", "Subject of the case"),
    "phone": Text("Telefoonnummer", "Phone number"),
    "photo": Text("Foto", "Photo"),
    "photos": Text("Foto's", "Photos"),
    "place": Text("Plaats", "Place"),
    "postal": Text("Postadres", "Postal address"),
    "preferences": Text("Hoe u bericht wilt krijgen", "How you want to be told"),
    "rollen": Text("Wie erbij betrokken is", "Who is in it"),
    "status": Text("Stand van de zaak", "Status of the case"),
    "text": Text("Wat u schreef", "What you wrote"),
    "timeline": Text("Wat er gebeurde in de zaak", "What happened in the case"),
    "toelichting": Text("Wat u schreef", "What you wrote"),
    "zaak": Text("De zaak", "The case"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """From and up to and including a day; None is no limit."""

    since: date | None = None
    until: date | None = None

    @property
    def since_ms(self) -> int | None:
        """Give the first millisecond."""
        return _ms(self.since) if self.since else None

    @property
    def until_ms(self) -> int | None:
        """Give the first millisecond after it."""
        return _ms(self.until + timedelta(days=1)) if self.until else None


def _ms(day: date) -> int:
    return int(datetime.combine(day, time(), TOWN).timestamp() * 1000)


def said_actor(kind: str) -> Text:
    """Say what kind of actor used data, never who."""
    return ASKED_BY.get(kind, UNKNOWN_ACTOR)


def said_field(name: str, titles: dict[str, Text] | None = None) -> Text:
    """Say the name of a field in words; titles: those of the data product that it comes from."""
    known = (titles or {}).get(name) or FIELDS.get(name)
    if known is not None:
        return known
    words = name.replace("_", " ").replace("-", " ").strip().capitalize()
    return Text(words, words)
