from collections.abc import Callable, Sequence
from typing import Any

from plein.foundation.rooms import Activity, HomeTile, MenuEntry, Role, Room, SearchSource
from plein.foundation.words import Text

_PERSONS = Text("Wie een formulier invult, en voor wie dat is.", "Who fills in a form, and for whom that is.")
_SECURITY = Text(
    "Antwoorden zijn versleuteld. Een formulier dat niet af is, verdwijnt vanzelf.",
    "Answers are encrypted. A form that is not finished goes by itself.",
)
_ROLES = ("case-worker", "case-manager", "counter")


def _activity(key: str, title: Text, purpose: Text, *, basis: str, law: str, data: Text) -> Activity:
    return Activity(
        key=key,
        title=title,
        purpose=purpose,
        legal_basis=basis,
        law=law,
        data=data,
        persons=_PERSONS,
        roles=_ROLES,
        owner="role:case-manager",
        retention=Text("Zo lang als de zaak, volgens de Selectielijst.", "As long as the case, by the Selectielijst."),
        security=_SECURITY,
        dpv="https://w3id.org/dpv#ServiceProvision",
    )


ACTIVITIES = (
    _activity(
        "forms.question",
        Text("Vragen en klachten", "Questions and complaints"),
        Text("Vragen beantwoorden en klachten behandelen.", "Answering questions and handling complaints."),
        basis="6.1.e",
        law="Algemene wet bestuursrecht, hoofdstuk 9",
        data=Text("De vraag of klacht, naam, en hoe iemand antwoord wil.", "The question, name, and how to answer."),
    ),
    _activity(
        "forms.permit",
        Text("Vergunning voor voorwerpen op straat", "Permits for objects in the street"),
        Text("Beslissen of een voorwerp op straat mag staan.", "Deciding whether an object may stand in the street."),
        basis="6.1.c",
        law="Algemene plaatselijke verordening; Algemene wet bestuursrecht, titel 4.1",
        data=Text("De aanvraag, plaats, naam en contactgegevens.", "The application, place, name and contact details."),
    ),
    _activity(
        "forms.parking",
        Text("Parkeervergunningen", "Parking permits"),
        Text("Parkeervergunningen laten kloppen met het adres.", "Keeping parking permits right when people move."),
        basis="6.1.c",
        law="Gemeentewet, artikel 225; Parkeerverordening",
        data=Text(
            "Naam, nieuw adres, kenteken, rekeningnummer en wie er inlogde.",
            "Name, new address, number plate, account number and who logged in.",
        ),
    ),
)


class Forms(Room):
    """Forms as data, for residents and for the counter."""

    name = "plein.casework.forms"
    label = "casework_forms"
    title = Text("Formulieren", "Forms")
    purpose = Text(
        "Laat inwoners en de balie formulieren invullen, en laat zien welke vragen beter kunnen.",
        "Lets residents and the counter fill in forms, and shows which questions can be better.",
    )
    owner = "role:form-editor"
    address = "formulieren"
    activities = ACTIVITIES
    roles = (
        Role(
            key="form-editor",
            title=Text("Formulierenmaker", "Form editor"),
            duty=Text("Maakt formulieren en verbetert ze.", "Makes forms and makes them better."),
        ),
    )
    rights = {
        "forms.edit": ("form-editor",),
        "forms.publish": ("form-editor",),
        "forms.insight": ("form-editor", "case-manager"),
        "forms.help": ("counter", "case-worker", "case-manager"),
    }
    right_titles = {
        "forms.edit": Text("Formulieren maken en wijzigen", "Make and change forms"),
        "forms.publish": Text("Formulieren publiceren en sluiten", "Publish and close forms"),
        "forms.insight": Text("Zien hoe vragen het doen", "See how questions do"),
        "forms.help": Text("Formulieren invullen met en voor mensen", "Fill in forms with and for people"),
    }
    retention = Text(
        "Een formulier dat niet af is: twee dagen, of tot de link verloopt. Antwoorden: zo lang als de zaak.",
        "A form that is not finished: two days, or until its link ends. Answers: as long as the case.",
    )

    def offers(self) -> Sequence[Any]:
        """Stand on the home page, in the menus and in search."""
        from plein.casework.forms.queries.forms import documents

        counter = Text("Formulier invullen voor iemand", "Fill in a form for somebody")
        return (
            HomeTile(
                title=Text("Iets regelen", "Arrange something"),
                text=Text("Vragen, aanvragen en doorgeven, met een formulier.", "Ask, apply and tell, with a form."),
                url_name="casework_forms:index",
                icon="file-text",
                order=15,
            ),
            MenuEntry(title=self.title, url_name="casework_forms:index", order=15),
            *(
                MenuEntry(title=counter, url_name="casework_forms:counter", audience=role, order=15)
                for role in ("counter", "case-worker", "case-manager")
            ),
            MenuEntry(title=self.title, url_name="casework_forms:editor", audience="form-editor", order=10),
            MenuEntry(
                title=Text("Hoe formulieren het doen", "How forms do"),
                url_name="casework_forms:insight",
                audience="case-manager",
                order=40,
            ),
            SearchSource(key="forms", title=self.title, documents=documents),
        )

    def furnish(self) -> Callable[..., None]:
        """Bring the forms that Plein ships."""
        from plein.casework.forms.demo import furnish

        return furnish
