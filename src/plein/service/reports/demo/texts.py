"""What the people of the demo town write: sentences put together from parts, the same each time for the same seed.

A part in braces is one of several: "{lamp|lantaarn}". Everything is invented.
"""

import random
import re

OPENINGS = (
    ("", 10),
    ("Goedemorgen, ", 2),
    ("Beste gemeente, ", 2),
    ("Hallo, ", 2),
    ("Ik wil graag melden: ", 1),
    ("Wederom een melding: ", 1),
    ("Hoi, ", 1),
)
CLOSINGS = (
    ("", 12),
    (" {Kunt u hier iets aan doen|Kan hier iemand naar kijken|Graag actie}?", 4),
    (" Alvast bedankt.", 3),
    (" {Dit is al de tweede keer dit jaar|Ik meld dit niet voor het eerst}.", 1),
    (" {De buren hebben er ook last van|Meer mensen in de straat klagen hierover}.", 2),
    (" Mvg, een bewoner.", 1),
    (" Bel gerust op 06 {1|2|3|4}{1|5|7|9}{2|4|6}{1|3|8}0{4|6}{2|7}5.", 1),
)
WHERE = (
    ("", 8),
    (" {Ter hoogte van|Tegenover|Schuin tegenover|Naast} nummer {2|7|12|18|25|31|44}.", 3),
    (" {Bij de bushalte|Op de hoek|Achter de school|Bij de speeltuin|Vlak bij de brug|Voor de supermarkt}.", 3),
)
SINCE = (
    ("", 8),
    (" {Sinds gisteren|Al een paar dagen|Al ruim een week|Sinds vanmorgen|Al weken}.", 5),
)
SAID: dict[str, tuple[str, ...]] = {
    "lamp-uit": (
        "{Het licht|De verlichting} {op het pad|in de steeg|langs het fietspad} {is uitgevallen|is uit}",
        "Onze straat is {aardedonker|helemaal donker} omdat {de mast|een lantaarn} niet brandt",
        "{Een|De} lantaarn {gaat steeds aan en uit|flikkert als een kermis}",
        "Midden op de dag {branden de lantaarns|staat de straatverlichting aan}",
        "{Twee|Drie|Vier} masten naast elkaar geven geen licht",
        "De lamp boven {de oversteekplaats|het trapje} is kapot",
    ),
    "lamp-gevaar": (
        "Een busje is {tegen de lantaarn|tegen een lichtmast} gebotst en die {wiebelt nu|staat op omvallen}",
        "Onderin de mast {is het deurtje open|ontbreekt het luikje} en de bedrading ligt bloot",
        "De lantaarn {hangt over de weg|is half omgewaaid}",
    ),
    "gat-in-weg": (
        "In {de rijbaan|het wegdek|de bocht} is {een flinke kuil|een gat} ontstaan",
        "Het asfalt {laat los|is helemaal gescheurd} {na de vorst|door zwaar verkeer}",
        "Wortels drukken het fietspad {omhoog|open}, je {stuitert eroverheen|schrikt je rot}",
        "Na de werkzaamheden is er een {hobbel|richel} achtergebleven",
    ),
    "stoep-ongelijk": (
        "{Een paar|Enkele} tegels {wiebelen|steken omhoog|zijn gebroken}, {mijn buurvrouw|een oudere heer} is gevallen",
        "De stoep is {golvend|hobbelig} geworden door boomwortels",
        "Met {de kinderwagen|een rolstoel|mijn scootmobiel} kom je er niet meer over",
        "Er is een {kuil|verzakking} in het trottoir",
        "Klinkers {liggen los|zijn verdwenen} {bij de inrit|in het parkeervak}",
    ),
    "gladheid": (
        "Het viaduct is {een ijsbaan|spekglad}, ik zag {twee|drie} fietsers onderuit gaan",
        "Hier is {nog niet gestrooid|geen sneeuw geruimd}",
        "Er ligt {olie|diesel} op {de rotonde|het kruispunt}",
    ),
    "put-verstopt": (
        "Het putje {loopt niet door|zit dicht}, bij regen {staat alles onder water|loopt het de tuin in}",
        "Na de bui van {gisteren|vannacht} blijft er een enorme plas staan",
        "De goot {ligt vol modder|stroomt over}",
        "De kolk moet nodig {leeggezogen|geleegd} worden",
    ),
    "rioollucht": (
        "Het {stinkt verschrikkelijk|ruikt enorm} naar riool {in de straat|bij de put}",
        "Uit {het putdeksel|de put} komt {vies water|drab} omhoog",
        "De toiletten in {ons blok|de hele rij} lopen slecht door",
    ),
    "sloot-vervuild": (
        "In het water drijft {allerlei troep|een laag groene algen|plastic}",
        "De singel {staat bijna droog|ruikt naar rotte eieren}",
        "Er liggen {tientallen|een stuk of tien} dode vissen in {de vijver|de sloot}",
    ),
    "brug-sluis": (
        "Van de {steiger|vlonder|voetgangersbrug} is een plank {verrot|gebroken}",
        "De {leuning|reling} zit los",
        "De kade {brokkelt af|verzakt}",
    ),
    "bord-stuk": (
        "Het {bord|verkeersbord} {hangt scheef|is verdwenen|ligt op de grond}",
        "Een {paaltje|amsterdammertje} is {afgebroken|omvergereden}",
        "De naam van onze straat is niet meer te lezen",
        "De {verkeersspiegel|wegwijzer} {is stuk|staat de verkeerde kant op}",
    ),
    "stoplicht-stoort": (
        "De lichten {staan op geel|doen het niet} op {het kruispunt|de ringweg}",
        "Het voetgangerslicht {blijft rood|springt te snel terug}",
        "Het knopje {werkt niet|zit los}, je wacht eindeloos",
    ),
    "parkeren-fout": (
        "Er {staat steeds een auto|staan weer busjes|staat alweer een auto} op {de stoep|het fietspad|het gras}",
        "Een {camper|aanhanger|vrachtwagen} {bezet|neemt} al {dagen|weken} {drie plekken|een parkeerplaats}",
        "Ouders zetten de auto {midden op de weg|voor onze oprit} bij de school",
    ),
    "fiets-wrak": (
        "Een {oude fiets|roestige fiets|kapotte bromfiets} staat al {maanden|een half jaar} {tegen het hek|in het rek}",
        "Er staat een auto {met platte banden|zonder nummerbord}",
        "De stalling {puilt uit|staat vol} met fietsen die niemand ophaalt",
    ),
    "afvalbak-vol": (
        "De {bak|prullenbak} {loopt over|is overvol}, het afval {waait weg|ligt ernaast}",
        "Meeuwen trekken alles uit de {bak|afvalbak}",
        "De klep van de bak {is eraf|klemt}",
        "Niemand leegt de bak {bij de vijver|bij het veldje}",
    ),
    "container-stuk": (
        "De ondergrondse {zit muurvast|is vol}, mensen {zetten alles ernaast|lopen boos weg}",
        "Met {mijn pas|de afvalpas} gaat {de container|de trommel} niet open",
        "De {glasbak|papierbak|plasticbak} is {tot de rand gevuld|verstopt}",
    ),
    "afval-naast": (
        "{Weer|Alweer} {vuilniszakken|dozen|een matras|een bank|een wasmachine} {op de stoep|naast de containers}",
        "Iemand heeft {zijn verbouwing|oud tapijt|een partij puin} {gedumpt|hier achtergelaten}",
        "Vogels hebben {de zakken|het vuilnis} opengetrokken",
    ),
    "zwerfvuil": (
        "Het {plein|veldje|fietspad} ligt {vol|bezaaid met} {blikjes|glas|rommel|verpakkingen}",
        "Na {de markt|het feest|de wedstrijd} is er niet geveegd",
        "{Kapotte flessen|Glassplinters} waar {kinderen|honden} lopen",
    ),
    "vuurwerkafval": (
        "Overal {rode snippers|kartonnen resten} van {oud en nieuw|de knallers}",
        "{De bak|Het bushokje|Een bank} is met {een bom|zwaar vuurwerk} {vernield|opgeblazen}",
        "Er liggen nog {lege dozen|pijlen} van het vuurwerk",
    ),
    "gevaarlijk-afval": (
        "Er staan {blauwe vaten|jerrycans} {in de berm|achter de loods} met een {sterke|scherpe} lucht",
        "{Platen|Golfplaten} die op asbest lijken zijn {gedumpt|achtergelaten}",
        "{Naalden|Spuiten} gevonden {in de bosjes|bij het bankje}",
        "Een berg {lachgastanks|gasflessen} naast de weg",
    ),
    "boom-gevaar": (
        "Een {boom|populier|wilg} ligt {dwars over|half op} {de weg|het fietspad} na {de storm|de wind van vannacht}",
        "Een {zware|afgescheurde} tak {bungelt|hangt} boven {de speelplek|de stoep}",
        "De boom {kraakt|staat te zwaaien} en komt straks {op ons dak|naar beneden}",
    ),
    "boom-snoeien": (
        "De takken {raken|schuren langs} {het raam|de dakgoot}",
        "Kan de {boom|kastanje|linde} {gesnoeid|een stuk korter}, wij zitten {de hele dag in de schaduw|zonder zon}",
        "De bladeren van de {iep|es} {worden bruin|vallen al in juni}",
    ),
    "onkruid": (
        "Tussen de {stenen|stoeptegels} groeit {alles|het kniehoog}",
        "Het gras in de berm is {een meter|te} hoog, {je ziet niets bij het oversteken|het hangt over het pad}",
        "De {haag|heg} {groeit over de stoep|is nodig aan de beurt}",
    ),
    "bladeren": (
        "Er ligt een dikke laag {blad|bladeren}, {ik gleed uit|het is spiegelglad}",
        "De {bladbak|bladkorf} {is vol|wordt niet geleegd}",
        "Het {fietspad|trottoir} is niet geveegd {deze herfst|sinds de wind}",
    ),
    "plantsoen": (
        "De {plantjes|struiken} in {het perk|de bak} zijn {verdroogd|platgereden|uitgetrokken}",
        "Het gras is {kapotgereden|een modderpoel} door {auto's|een vrachtwagen}",
    ),
    "eikenprocessierups": (
        "In de {eik|eikenbomen} {zitten|zie ik} {nesten|een nest} van die rupsen",
        "Onze kinderen hebben {uitslag|overal jeuk} van de rupsen {bij school|langs de laan}",
    ),
    "ratten": (
        "{Gisteravond|Vanochtend} zag ik {twee|drie|weer} ratten bij {de vijver|de afvalbakken|het voerplekje}",
        "Er zit een nest {wespen|hoornaars} in {de boom|het speelhuisje}",
        "De duiven {bevuilen|zitten onder} {alles|de stoep onder het viaduct}",
    ),
    "dood-dier": (
        "Er ligt een dode {kat|gans|egel|meeuw|vos} {langs de weg|op het fietspad|in het water}",
        "Aangereden {dier|konijn|eend} op {de weg|de rotonde}",
    ),
    "hondenpoep": (
        "{Het veldje|De stoep} ligt {weer vol|onder de} drollen",
        "Baasjes laten hun hond {poepen|los lopen} {waar kinderen spelen|voor onze deur} en ruimen niets op",
    ),
    "bank-stuk": (
        "Van het {bankje|zitje} is {een lat|de rugleuning} {stuk|eraf}",
        "De {picknicktafel|fietsbeugel|afrastering} {is beschadigd|ligt om}",
    ),
    "speeltoestel": (
        "De {schommel|wip|glijbaan|klimtoren} is {kapot|onveilig|stuk}, {er steekt iets uit|een ketting is los}",
        "In de zandbak {ligt glas|liggen scherpe dingen}",
    ),
    "graffiti": (
        "Er is {gespoten|geklad} op {de muur|het viaduct|het schakelkastje}",
        "{Beledigende|Discriminerende} leuzen op {de schuur|de tunnelwand}",
        "Alles is volgeplakt met stickers",
    ),
    "geluid-horeca": (
        "De muziek van {het terras|het café|de sportclub} {dreunt|gaat door} tot {twee|drie} uur",
        "Elke nacht {wordt er gelost|staat een koelwagen te draaien} bij {de winkel|het magazijn}",
    ),
    "jongeren": (
        "Een groep {jongelui|jongeren} {maakt lawaai|vernielt dingen} {bij het bankje|in het park}",
        "Er wordt {gedronken|gedeald|geblowd} {op het speelplein|onder de brug}",
    ),
    "stank-rook": (
        "Elke avond {hangt er houtrook|staat het hier blauw van de rook}",
        "Er komt een {chemische|scherpe} stank van {het bedrijf|de overkant}",
    ),
    "bouwplaats": (
        "De {omleiding|afzetting} bij de werkzaamheden is {onduidelijk|gevaarlijk voor fietsers}",
        "De bouw begint {voor zevenen|op zondag} met {heien|boren}",
        "Er {ligt zand|liggen stenen} van de aannemer op {de weg|de stoep}",
    ),
    "spoor": (
        "{Het hek|De afrastering} langs het spoor is {opengeknipt|kapot}",
        "De {lift|roltrap} op het station {staat stil|doet het niet}",
    ),
    "elektriciteitskast": (
        "Een {schakelkast|verdeelkast|glasvezelkast} {staat open|is aangereden}",
        "Het {trafohuisje|kastje} {bromt|zoemt} de hele dag",
    ),
    "overig": (
        "Er {staat|ligt} {een winkelwagen|een verkeerskegel} in {de straat|de struiken}",
        "Wie gaat er over {de kunst|de klok|de vlaggen} op het plein",
        "Is het mogelijk om {een zebrapad|een extra bankje} te krijgen",
    ),
}
SAID_EN: dict[str, tuple[str, ...]] = {
    "lamp-uit": ("It is completely dark here because the {street light|lamp} is off",),
    "stoep-ongelijk": ("The {pavement|sidewalk} is {uneven|broken}, somebody will fall",),
    "afval-naast": ("{Somebody|Someone} left {rubbish|an old sofa|bags} next to the containers {again|}",),
    "container-stuk": ("My card does not {open|work on} the container {any more|}",),
    "gat-in-weg": ("There is a {big|deep} hole in the {road|cycle lane}",),
    "zwerfvuil": ("There is {glass|litter} everywhere on the {square|path}",),
    "ratten": ("I saw {two|several} rats near the {bins|water}",),
    "boom-gevaar": ("A {large|heavy} branch {is about to fall|came down in the storm}",),
}
_CHOICE = re.compile(r"\{([^{}]*)\}")


def _picked(rng: random.Random, text: str) -> str:
    return _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), text)


def _weighed(rng: random.Random, parts: tuple[tuple[str, int], ...]) -> str:
    return rng.choices([text for text, _ in parts], [weight for _, weight in parts])[0]


def sentence(rng: random.Random, category: str, *, language: str = "nl") -> tuple[str, str]:
    """Write a report about a category; English only where there are words for it. Returns the text and its language."""
    if language == "en" and category in SAID_EN:
        return _picked(rng, rng.choice(SAID_EN[category])).strip() + rng.choice([".", ". Thank you.", "!"]), "en"
    core = _picked(rng, rng.choice(SAID[category]))
    opening = _weighed(rng, OPENINGS)
    core = core[0].lower() + core[1:] if opening else core
    extra = "".join(_weighed(rng, part) for part in (WHERE, SINCE, CLOSINGS))
    return _picked(rng, f"{opening}{core}.{extra}"), "nl"
