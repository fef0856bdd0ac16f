"""Words that mean danger, in many phrasings; and everyday reports that must not ring the bell."""

import time
from pathlib import Path

import pytest
import yaml

from plein.service.reports.rules.danger import EMERGENCY, GAS_AND_POWER, RULES, danger_in, dangers_in

SETS = Path(__file__).parents[1] / "sets"

DANGEROUS = {
    "fire": [
        "Er is brand in de container bij de flat",
        "De prullenbak in het park staat in brand!",
        "Een auto staat in lichterlaaie op de parkeerplaats",
        "Ik zie vlammen uit het dak komen",
        "Er komt dikke zwarte rook uit een huis",
        "rook uit het kastje op de hoek",
        "De heg staat te branden",
        "Bermbrand langs de dijk",
        "brand achter de school",
        "The bin is on fire",
        "There is a fire behind the school",
        "a car is burning in our street",
        "Black smoke from the roof",
        "Smoke is coming from the container",
        "scooter staat in de fik",
    ],
    "gas": [
        "Het ruikt hier naar gas",
        "Er hangt een sterke gaslucht in de straat",
        "gaslek bij de werkzaamheden",
        "De aannemer heeft de gasleiding geraakt",
        "ik ruik al een uur gas bij nummer 12",
        "Er ontsnapt gas, je hoort gas sissen. Gas ontsnapt uit de grond",
        "We smell gas near the station",
        "There is a gas leak in the street",
        "A strong smell of gas",
        "The digger hit and the gas pipe is broken",
    ],
    "electricity": [
        "Er hangen losse draden uit de lantaarnpaal",
        "Er hangen elektriciteitsdraden uit de lichtmast",
        "Stroomkabel ligt bloot op de stoep",
        "Het hek staat onder stroom",
        "Er komen vonken uit het kastje",
        "Mijn hond kreeg een schok van de lantaarnpaal",
        "Kabels hangen los uit het kastje",
        "Bare wires are hanging out of the lamp post",
        "A live wire on the pavement",
        "Sparks from the electricity box",
        "My dog got an electric shock from the post",
        "The power line is down",
    ],
    "person": [
        "Er ligt een man op de grond en hij beweegt niet, hij ligt op de stoep bewusteloos",
        "Een kind is door het ijs gezakt",
        "Er ligt iemand in het water",
        "Vrouw gevallen, zwaargewond",
        "Er staat iemand op het dak, hij wil springen",
        "een mevrouw is onwel geworden op het plein",
        "Ik denk dat hij zelfmoord wil plegen",
        "auto te water bij de brug",
        "Er loopt een persoon op het spoor",
        "Iemand roept om hulp in het park",
        "A child fell in the canal and is in the water, the child is in the water",
        "There is a man lying on the pavement",
        "An injured woman at the bus stop",
        "Somebody is drowning",
        "He is unconscious and not breathing",
    ],
    "violence": [
        "Er wordt iemand in elkaar geslagen",
        "Een man met een mes loopt door de straat",
        "Schietpartij op het plein",
        "vechtpartij bij het café",
        "Ik word bedreigd door mijn buurman",
        "A man with a knife is walking around",
        "Someone is being attacked",
        "I heard a shooting",
    ],
    "explosive": [
        "Ik vond een handgranaat bij het magneetvissen",
        "Er ligt een explosief aan de deur",
        "Wij hebben bij het graven een bom gevonden",
        "An unexploded grenade in the field",
    ],
    "poison": [
        "Er lekt een chemische vloeistof uit, chemische vloeistof stroomt de sloot in",
        "Vaten met drugsafval die lekken",
        "Er komt ammoniak vrij bij de ijsbaan",
        "Drums that are leaking next to the road",
    ],
    "traffic": [
        "Er is net een aanrijding op het kruispunt",
        "Botsing tussen twee auto's",
        "Spookrijder op de ringweg",
        "There has been an accident at the crossing",
    ],
    "collapse": [
        "De muur dreigt om te vallen",
        "Boom staat op omvallen",
        "Het dak van de schuur is ingestort",
        "Er vallen dakpannen naar beneden, dakpannen waaien van het dak",
        "The wall is about to collapse",
        "Scaffolding coming down in the storm",
        "Tree about to fall on the road",
    ],
    "open-hole": [
        "Putdeksel is weg op het fietspad",
        "Er zit een open put in de stoep",
        "The manhole cover is missing",
    ],
}
HARMLESS = [
    "De lantaarnpaal brandt niet",
    "De lamp brandt overdag",
    "Straatlamp voor de deur brandt al weken niet meer",
    "Brandnetels groeien over het pad",
    "De brandgang ligt vol rommel",
    "Er stond een brandweerauto fout geparkeerd",
    "Lachgasflessen in de bosjes",
    "Uitlaatgassen van vrachtwagens",
    "Fiets ligt in het water",
    "Dode eend in het water",
    "Er ligt een dode vrouwtjeseend op de weg",
    "Stoeptegel ligt los, mijn moeder is erover gestruikeld",
    "Hondenpoep op de stoep",
    "De prullenbak is vol",
    "Graffiti op de muur van het viaduct",
    "Glasvezelkabel ligt los in de tuin",
    "Prikkeldraad hangt los",
    "Boom moet gesnoeid worden",
    "Er zit een gat in de weg",
    "Container is vol",
    "Het stinkt naar riool",
    "Onkruid tussen de tegels",
    "Muziek van het terras staat te hard",
    "Vuurwerkresten op het plein",
    "Ratten bij de container",
    "Verkeersbord staat scheef",
    "Bankje is kapot",
    "Schommel mist een schroef",
    "Een gewonde duif zit op de stoep",
    "The street light is out",
    "The lamp does not burn",
    "A dead duck in the pond",
    "Rubbish beside the container",
    "Laughing gas canisters in the park",
    "Internet cable is loose in the front garden",
    "Graffiti on the bridge",
    "The bin is full",
    "The traffic light stays red",
    "",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in DANGEROUS.items() for text in texts])
def test_danger_is_heard(kind: str, text: str) -> None:
    assert kind in {danger.key for danger in dangers_in(text)}, text


@pytest.mark.parametrize("text", HARMLESS)
def test_everyday_reports_ring_no_bell(text: str) -> None:
    assert danger_in(text) is None, text


@pytest.mark.parametrize("change", [str.upper, str.title, lambda text: text.replace(" ", "  \n")])
def test_capitals_and_line_breaks_make_no_difference(change: object) -> None:
    for kind, texts in DANGEROUS.items():
        for text in texts:
            assert kind in {danger.key for danger in dangers_in(change(text))}, text  # type: ignore[operator]


def test_few_of_the_example_sentences_of_safe_categories_ring_the_bell() -> None:
    told = yaml.safe_load((SETS / "pleinstad.yaml").read_text(encoding="utf-8"))["categories"]
    safe = [one for one in told if "danger" not in one]
    sentences = [text for one in safe for texts in one["examples"].values() for text in texts]

    rang = [text for text in sentences if danger_in(text)]

    assert len(sentences) > 200
    assert len(rang) / len(sentences) < 0.03, rang


def test_each_danger_says_whom_to_call() -> None:
    assert {rule.danger.phone for rule in RULES} == {EMERGENCY, GAS_AND_POWER, ""}
    assert all(rule.danger.advice.nl and rule.danger.advice.en for rule in RULES)


def test_what_presses_most_comes_first() -> None:
    found = dangers_in("De aannemer raakte de gasleiding, die is kapot, en er zijn vlammen")

    assert [danger.key for danger in found] == ["fire", "gas"]


def test_a_text_of_ten_megabytes_takes_no_time() -> None:
    text = "losse draden hang brand in het " * 330_000

    started = time.process_time()
    dangers_in(text)

    assert time.process_time() - started < 2
