from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plein.foundation.rooms import (
    Activity,
    Algorithm,
    AreaCard,
    HomeTile,
    MapLayer,
    MenuEntry,
    MineCard,
    Role,
    Room,
    Source,
    Trainer,
)
from plein.foundation.words import Text
from plein.service.reports.events import (
    ReportClosed,
    ReportFiled,
    ReportJudged,
    ReportReopened,
    ReportRouted,
)

_COMMON: dict[str, Any] = {
    "legal_basis": "6.1.e",
    "law": "Gemeentewet, artikelen 108 en 160; Wegenwet, artikel 16",
    "owner": "role:report-coordinator",
    "security": Text(
        "Tekst en contactgegevens zijn versleuteld; wie ze leest, staat in het logboek.",
        "Text and contact details are sealed; who reads them is logged.",
    ),
}
HANDLE = Activity(
    key="reports.handle",
    title=Text("Meldingen openbare ruimte behandelen", "Handling reports of public space"),
    purpose=Text(
        "Herstellen wat stuk of vervelend is op straat, en de melder vertellen wat ermee gebeurt.",
        "Repairing what is broken or a nuisance in the street, and telling the reporter what is done about it.",
    ),
    data=Text(
        "Tekst, plaats, foto's en antwoorden; naam en contactgegevens alleen als de melder die geeft.",
        "Text, place, photos and answers; name and contact details only when the reporter gives them.",
    ),
    persons=Text("Melders, en wie er in een tekst of op een foto staat.", "Reporters, and who is in a text or photo."),
    recipients=Text(
        "De eigenaar van wat stuk is, als dat niet de gemeente is: zonder contactgegevens van de melder.",
        "The owner of what is broken, when not the municipality: without the reporter's contact details.",
    ),
    roles=("report-coordinator", "inspector", "case-worker", "counter"),
    retention=Text(
        "Contactgegevens 60 dagen na afhandeling, tekst en foto's een jaar; langer als er nog werk gepland is.",
        "Contact details 60 days after closing, text and photos a year; longer when work is still planned.",
    ),
    retention_days=730,
    dpv="https://w3id.org/dpv#PublicBenefit",
    **_COMMON,
)
FOLLOW = Activity(
    key="reports.follow",
    title=Text("Melders op de hoogte houden", "Keeping reporters informed"),
    purpose=Text(
        "Wie dat wil laten weten hoe het met een melding gaat, en vragen of het is opgelost.",
        "Telling who wants it how a report is doing, and asking whether it is solved.",
    ),
    data=Text("E-mailadres of telefoonnummer, en taal.", "E-mail address or phone number, and language."),
    persons=Text("Melders en wie een melding volgt.", "Reporters and who follows a report."),
    roles=("report-coordinator", "case-worker", "counter"),
    retention=Text("Tot 60 dagen na afhandeling, of tot iemand stopt.", "Until 60 days after closing, or until ended."),
    retention_days=60,
    dpv="https://w3id.org/dpv#CommunicationManagement",
    **_COMMON,
)
PUBLISH = Activity(
    key="reports.publish",
    title=Text("Meldingen op een openbare kaart laten zien", "Showing reports on a public map"),
    purpose=Text(
        "Voorkomen dat hetzelfde twee keer wordt gemeld, en laten zien wat er is gedaan.",
        "Preventing that the same is reported twice, and showing what was done.",
    ),
    data=Text(
        "Soort, plaats, stand en tekst zonder namen, telefoonnummers, adressen en kentekens.",
        "Kind, place, state and text without names, phone numbers, addresses and plates.",
    ),
    persons=None,
    recipients=Text("Iedereen.", "Everyone."),
    roles=("report-coordinator",),
    retention=Text("Een jaar na afhandeling.", "A year after closing."),
    retention_days=365,
    **_COMMON,
)
LEARN = Activity(
    key="reports.learn",
    title=Text("Leren van meldingen", "Learning from reports"),
    purpose=Text(
        "Voorspellen wanneer een melding is opgelost, zien waar steeds hetzelfde stukgaat, en laten zien hoe het gaat.",
        "Foretell when a report is solved, see where the same thing breaks again and again, and show how it goes.",
    ),
    data=Text(
        "Soort, plek, team, tijd en afloop van meldingen. Geen tekst, geen foto's en geen personen.",
        "Kind, place, team, time and outcome of reports. No text, no photos and no persons.",
    ),
    products=(
        "reports.area_names",
        "reports.figures",
        "reports.history",
        "reports.public",
        "reports.satisfaction",
    ),
    roles=("report-coordinator", "analyst"),
    retention=Text(
        "Zo lang de gegevens iets zeggen over nu; vervangen gegevens nog een jaar.",
        "As long as the data tells something about now; data that was replaced for another year.",
    ),
    **_COMMON,
)
TRAIN = Activity(
    key="reports.train",
    title=Text("Het voorstel voor een soort melding trainen", "Training the suggestion of a kind of report"),
    purpose=Text(
        "Een computer leren welke woorden bij welke soort melding horen, zodat een melding sneller goed terechtkomt.",
        "Teaching a computer which words go with which kind of report, so that a report finds its way sooner.",
    ),
    data=Text(
        "De tekst van afgehandelde meldingen zonder namen, telefoonnummers, adressen en kentekens, met de soort die "
        "mensen hebben bevestigd.",
        "The text of closed reports without names, phone numbers, addresses and plates, with the kind that people "
        "confirmed.",
    ),
    persons=Text(
        "Wie ondanks het weglaten nog in een tekst te herkennen is.",
        "Who can still be recognised in a text, in spite of what was left out.",
    ),
    roles=("report-coordinator",),
    retention=Text(
        "De teksten worden niet nog eens bewaard. Wat is geleerd zijn getallen per woord, zonder de teksten.",
        "The texts are not kept again. What was learned are numbers per word, without the texts.",
    ),
    retention_days=365,
    **_COMMON,
)
SUGGEST = Algorithm(
    key="reports.suggest",
    title=Text("Voorstel voor de soort melding", "Suggestion of the kind of report"),
    purpose=Text(
        "Wie iets meldt, hoeft niet te zoeken in een lange lijst. En de goede ploeg krijgt de melding meteen.",
        "Who reports something need not search a long list. And the right team gets the report at once.",
    ),
    decides=Text(
        "Het leest de tekst van uw melding en stelt de soort voor, zoals 'Lamp doet het niet', met hoe zeker het is.",
        "It reads the text of your report and suggests the kind, such as 'Lamp does not work', and how certain it is.",
    ),
    method=Text(
        "Het telt woorden, woordparen en stukjes van woorden, en weegt die met getallen die het leerde van eerdere "
        "meldingen (multinomiale logistische regressie). De zekerheid is geijkt op meldingen waarvan het niet leerde.",
        "It counts words, pairs of words and parts of words, and weighs them with numbers it learned from earlier "
        "reports (multinomial logistic regression). Its certainty is calibrated on reports it had not learned from.",
    ),
    data=Text(
        "De omschrijvingen en voorbeeldzinnen van de soorten, en de tekst van afgehandelde meldingen zonder namen, "
        "telefoonnummers, adressen en kentekens. Niets over wie meldt.",
        "The descriptions and example sentences of the kinds, and the text of closed reports without names, phone "
        "numbers, addresses and plates. Nothing about who reports.",
    ),
    activity="reports.train",
    legal_basis="6.1.e",
    law="Gemeentewet, artikelen 108 en 160",
    human=Text(
        "U kiest altijd zelf, of een medewerker. Een voorstel dat zeker genoeg is, staat alvast ingevuld en u kunt het "
        "veranderen. De soort bepaalt welke ploeg de melding krijgt, niet of u recht op iets hebt.",
        "You always choose yourself, or a member of staff. A suggestion that is certain enough is filled in "
        "beforehand, and you can change it. The kind decides which team gets the report, not what you are entitled to.",
    ),
    owner="role:report-coordinator",
    risk="minimal",
    risk_reason=Text(
        "Het sorteert meldingen over de straat en beoordeelt geen mensen. Het staat niet in bijlage III.",
        "It sorts reports about the street and judges no people. It is not in Annex III.",
    ),
    objection=Text(
        "Kies een andere soort in het formulier. Wilt u niet dat een computer meeleest, bel ons dan of kom langs. "
        "Klachten over dit algoritme behandelt de privacyfunctionaris.",
        "Choose another kind in the form. If you do not want a computer to read along, call us or come by. "
        "Complaints about this algorithm are handled by the privacy officer.",
    ),
    fallback=Text(
        "Dan kiest u zelf uit de lijst met soorten.",
        "Then you choose from the list of kinds yourself.",
    ),
    review_after_days=365,
)
PROMISE = Algorithm(
    key="reports.promise",
    title=Text("Wanneer is een melding opgelost?", "When will a report be solved?"),
    purpose=Text(
        "De melder een dag noemen die bijna altijd klopt, in plaats van een termijn die op papier staat.",
        "Tell the reporter a day that nearly always holds, instead of a term on paper.",
    ),
    decides=Text(
        "De dag waarop de melder uiterlijk iets hoort. Het team, de volgorde en de uitkomst veranderen er niet door.",
        "The day by which the reporter hears from us. It changes neither the team, nor the order, nor the outcome.",
    ),
    method=Text(
        "Per soort melding, team en seizoen telt Plein welk deel na hoeveel werkdagen was opgelost (Kaplan-Meier). "
        "Weinig meldingen van een soort leunen op de soort erboven. De beloofde dag is zo gekozen dat vier van de vijf "
        "beloften worden gehouden.",
        "Per kind of report, team and season Plein counts which share was solved after how many working days "
        "(Kaplan-Meier). Few reports of a kind lean on the kind above it. The promised day is chosen so that four "
        "out of five promises are kept.",
    ),
    data=Text(
        "Soort, team, begin en einde van eerdere meldingen. Geen tekst, geen plek en geen personen.",
        "Kind, team, beginning and end of earlier reports. No text, no place and no persons.",
    ),
    products=("reports.history",),
    activity="reports.learn",
    legal_basis="6.1.e",
    law="Gemeentewet, artikel 108",
    human=Text(
        "Het team bepaalt wanneer het werk gebeurt. De behandelaar kan een andere dag noemen.",
        "The team decides when the work is done. Whoever handles it can name another day.",
    ),
    owner="role:report-coordinator",
    risk="none",
    risk_reason=Text(
        "Tellen en delen: er wordt niets over personen afgeleid en niets over hen besloten.",
        "Counting and dividing: nothing is inferred or decided about persons.",
    ),
    objection=Text(
        "Klopt de dag niet? Bel of schrijf de gemeente; een medewerker kijkt er dan naar.",
        "Is the day wrong? Call or write to the municipality; a member of staff will look at it.",
    ),
    fallback=Text(
        "De melder hoort de vaste termijn van het onderwerp.", "The reporter is told the fixed term of the subject."
    ),
)


class Reports(Room):
    """Reports of something wrong in public space."""

    name = "plein.service.reports"
    label = "reports"
    title = Text("Meldingen", "Reports")
    purpose = Text(
        "Laat iedereen melden wat er stuk of vervelend is op straat, en vertelt wat ermee gebeurt.",
        "Lets everyone say what is broken or a nuisance in the street, and tells what is done about it.",
    )
    owner = "role:report-coordinator"
    address = "meldingen"
    activities = (HANDLE, FOLLOW, PUBLISH, LEARN, TRAIN)
    algorithms = (SUGGEST, PROMISE)
    products = (
        "reports.area_names",
        "reports.figures",
        "reports.history",
        "reports.public",
        "reports.satisfaction",
    )
    announces = (ReportFiled, ReportRouted, ReportClosed, ReportReopened, ReportJudged)
    roles = (
        Role(
            key="report-coordinator",
            title=Text("Coördinator meldingen", "Report coordinator"),
            duty=Text(
                "Beheert categorieën, regels en standaardteksten, en verdeelt meldingen.",
                "Manages categories, rules and standard texts, and distributes reports.",
            ),
        ),
        Role(
            key="inspector",
            title=Text("Opzichter", "Inspector"),
            duty=Text(
                "Kijkt buiten wat er aan de hand is en handelt meldingen af.",
                "Looks outside at what is the matter and closes reports.",
            ),
        ),
    )
    rights = {
        "cases.read": ("report-coordinator", "inspector"),
        "cases.handle": ("report-coordinator", "inspector"),
        "cases.open": ("report-coordinator", "inspector"),
        "reports.manage": ("report-coordinator", "administrator"),
        "reports.handle": ("report-coordinator", "inspector", "case-worker"),
        "reports.inspect": ("inspector", "report-coordinator"),
        "reports.file": ("case-worker", "counter"),
    }
    right_titles = {
        "cases.read": Text("Zaken lezen van het eigen team", "Read the cases of the own team"),
        "cases.handle": Text("Zaken behandelen van het eigen team", "Handle the cases of the own team"),
        "cases.open": Text("Zaken openen", "Open cases"),
        "reports.manage": Text("Categorieën, regels en teksten beheren", "Manage categories, rules and texts"),
        "reports.handle": Text("Meldingen behandelen", "Handle reports"),
        "reports.inspect": Text("Een ronde langs meldingen lopen", "Walk a round past reports"),
        "reports.file": Text("Meldingen insturen met een sleutel (Open311)", "File reports with a key (Open311)"),
    }
    retention = Text(
        "Contactgegevens en tekst verdwijnen na een termijn die bij de afloop hoort; elke verwijdering staat in een "
        "register.",
        "Contact details and text go after a term that fits the ending; each removal stands in a register.",
    )

    def offers(self) -> Sequence[Any]:
        """Offer a tile, the report on the page of its case, what can be trained, a heat map and an area's card."""
        from plein.service.reports.actions.history import train_promise
        from plein.service.reports.actions.training import train
        from plein.service.reports.queries import learning, mine, public
        from plein.service.reports.views.desk import at_the_desk

        return (
            HomeTile(
                title=Text("Iets stuk of vervelend op straat?", "Something broken or a nuisance in the street?"),
                text=Text("Meld het in een minuut, en hoor wat ermee gebeurt.", "Report it in a minute."),
                url_name="reports:new",
                icon="map-pin",
                order=5,
                number=public.home_number,
            ),
            MenuEntry(title=Text("Meldingen", "Reports"), url_name="reports:list", order=5),
            MenuEntry(
                title=Text("Waar meldingen heen gaan", "Where reports go"),
                url_name="reports:rules",
                audience="report-coordinator",
                order=40,
            ),
            MenuEntry(title=Text("Ronde", "Round"), url_name="reports:round", audience="inspector", order=30),
            MineCard(title=Text("Mijn meldingen", "My reports"), read=mine.lines, order=20),
            *at_the_desk(),
            Trainer(name="reports", title=SUGGEST.title, algorithm=SUGGEST.key, train=train),
            Trainer(name="promise", title=PROMISE.title, algorithm=PROMISE.key, train=train_promise),
            *(
                MenuEntry(
                    title=Text("Foto's bekijken", "Photos to look at"),
                    url_name="reports:work-photos",
                    audience=role,
                    order=40,
                )
                for role in ("report-coordinator", "inspector")
            ),
            MenuEntry(
                title=Text("Waar hetzelfde terugkomt", "Where the same comes back"),
                url_name="reports:causes",
                audience="report-coordinator",
                order=40,
            ),
            AreaCard(
                title=Text("Meldingen", "Reports"),
                read=learning.area_card,
                products=("reports.figures",),
                order=40,
            ),
            MapLayer(
                key="reports.heat",
                title=Text("Meldingen in drie maanden", "Reports in three months"),
                kind="points",
                unit="meldingen",
                source=learning.SOURCE,
                points=learning.heat_points,
                moments=learning.heat_moments,
                products=("reports.public",),
                decimals=0,
                order=40,
            ),
        )

    def jobs(self) -> Sequence[Any]:
        """List what reports do by themselves."""
        from plein.service.reports import jobs

        return (jobs.learn, jobs.bring, jobs.keep, jobs.forget_traces, jobs.blur_photo)

    def hears(self) -> Mapping[type | str, Callable[..., None]]:
        """Announce, confirm and pass on what comes in; learn again when history was loaded."""
        from plein.casework.cases.events import ZaakOpened
        from plein.service.reports import jobs

        return {ZaakOpened: jobs.note_opened, "nl.plein.catalogue.product-published": jobs.note_publication}

    def furnish(self) -> Callable[..., None]:
        """Give the function that furnishes the reports of the demo town."""
        from plein.service.reports.demo import furnish

        return furnish

    def sources(self) -> Sequence[Source]:
        """List the named sources of reports of before Plein, and of sets of categories."""
        from plein.service.reports.actions import sets
        from plein.service.reports.sources import sources

        return [*sources(), *sets.sources()]
