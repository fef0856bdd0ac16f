"""Words that mean danger: then the phone number comes first, and a form never swallows an emergency. Rules as data.

Better to warn once too often: a warning hides nothing and takes one look, a missed one may cost a life. So a rule
speaks of what people say, not of what they mean, and only well-known harmless uses of a word ("the lamp does not
burn") are left out.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from plein.foundation.words import Text

EMERGENCY = "112"
GAS_AND_POWER = "0800 9009"  # the national number for gas and power failures
OWN = ""  # the municipality's own number, day and night
LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Danger:
    """A kind of danger. phone: whom to call first, "" is the municipality's own number for urgent matters."""

    key: str
    title: Text
    advice: Text
    phone: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """says: patterns, one of which has to occur; unless: patterns that are taken out of the text first."""

    danger: Danger
    says: Sequence[str]
    unless: Sequence[str] = ()


_WHO = (
    r"(?:iemand|man|vrouw|kind|jongen|meisje|persoon|mens(?:en)?|fietser|baby|peuter|oudere|bejaarde|buurman|"
    r"buurvrouw)"
)
_WHO_EN = r"(?:someone|somebody|man|woman|child|boy|girl|person|people|cyclist|baby|toddler|neighbour|neighbor)"

RULES: Sequence[_Rule] = (
    _Rule(
        Danger(
            "fire",
            Text("Is er brand?", "Is there a fire?"),
            Text("Bel meteen 112. Ga weg van het vuur en waarschuw anderen.", "Call 112 at once. Get away from it."),
            EMERGENCY,
        ),
        says=(
            r"\b(?:er is|is er|hier is|er woedt|uitslaande|grote|kleine|buiten|auto|woning|container|berm|bos|"
            r"keuken)[ -]?"
            r"brand\b(?! (?:geweest|schade))",
            r"\bbrand(?:je)? (?:in|bij|op|aan|achter|onder) ",
            r"\b(?:staat|staan|vliegt|vloog|stond) (?:nu |al |helemaal |ook )?in (?:de )?(?:brand|fik|vlammen|"
            r"lichterlaaie)\b",
            r"\bvlammen\b",
            r"\bbrandt (?:een|de|het|mijn) (?:auto|huis|schuur|container|bosje|heg|afvalbak|prullenbak|dak|"
            r"fiets|boom)",
            r"\b(?:auto|huis|schuur|container|heg|afvalbak|prullenbak|dak|scooter|bosjes) (?:staat te branden|"
            r"brandt)\b",
            r"\b(?:dikke|zwarte|veel) rook\b",
            r"\brook (?:komt )?uit (?:een |het |de )?(?:dak|raam|huis|woning|container|put|kast|kastje|auto|grond)\b",
            r"\b(?:on fire|in flames|flames|house fire|there is a fire|is burning down|black smoke|thick smoke)\b",
            r"\b(?:car|house|shed|container|bin|hedge|roof|scooter|tree) is burning\b",
            r"\bsmoke (?:is )?(?:coming|comes) (?:out of|from) (?:the |a )?(?:roof|window|house|container|car|"
            r"ground|box)\b",
        ),
        unless=(r"\bgeen brand\b", r"\bno fire\b", r"\bbrand(?:weer|gang|netel|kraan|trap|stof|plek|merk)\w*"),
    ),
    _Rule(
        Danger(
            "gas",
            Text("Ruikt u gas?", "Do you smell gas?"),
            Text(
                "Ga weg, maak geen vuur en druk niet op knoppen of bellen. Bel op afstand het Nationaal "
                "Storingsnummer, 0800 9009. Bij direct gevaar 112.",
                "Get away, make no fire and touch no switches. From a distance call the national gas number, "
                "0800 9009. In immediate danger 112.",
            ),
            GAS_AND_POWER,
        ),
        says=(
            r"\bgas(?:lucht|lek|lekkage|geur|explosie|stank)\w*",
            r"\b(?:ruik\w*|ruikt|stinkt|stank|geur|lucht|rook|sissend)\b[^.!?]{0,25}\bgas\b",
            r"\bgas\b[^.!?]{0,20}\b(?:ruik\w*|lekt|ontsnapt|sist|stroomt)\b",
            r"\bgasleiding\b[^.!?]{0,30}\b(?:geraakt|kapot|stuk|gebroken|lek|lekt|beschadigd|doorgestoken)\b",
            r"\b(?:gas leak|gas leakage|leaking gas|smell of gas|gas smell|gas explosion)\b",
            r"\bsmell\w*\b[^.!?]{0,20}\bgas\b",
            r"\bgas\b[^.!?]{0,20}\b(?:is )?(?:leaking|escaping|hissing)\b",
            r"\bgas (?:pipe|main|line)\b[^.!?]{0,30}\b(?:hit|broken|damaged|burst|cut)\b",
        ),
        unless=(
            r"\blachgas\w*",
            r"\buitlaatgas\w*",
            r"\bgeen gas\w*",
            r"\bno gas\b",
            r"\bexhaust gas\w*",
            r"\blaughing gas",
        ),
    ),
    _Rule(
        Danger(
            "electricity",
            Text("Liggen er draden bloot?", "Are there bare wires?"),
            Text(
                "Raak niets aan en houd anderen op afstand. Is er direct gevaar, bel 112.",
                "Touch nothing and keep others away. In immediate danger call 112.",
            ),
            EMERGENCY,
        ),
        says=(
            r"\b(?:losse|blote|openliggende|loshangende|hangende|gebroken|kapotte) (?:stroom|elektra|elektriciteits)?"
            r"(?:draad|draden|kabel|kabels|stroomkabel\w*|bedrading|leiding)\b",
            r"\b(?:stroom|elektra|elektriciteits|hoogspannings)(?:draad|draden|kabel|kabels)\b[^.!?]{0,30}"
            r"\b(?:los|bloot|hang\w*|ligt|liggen|zichtbaar|uit|stuk|gebroken|op de (?:grond|weg|stoep|straat))\b",
            r"\b(?:draad|draden|kabels?|bedrading)\b[^.!?]{0,20}\b(?:los|bloot|hangen|hangt|steken|steekt|"
            r"zichtbaar|liggen open)\b",
            r"\b(?:hangen|hangt|steken|steekt|liggen|komen)\b[^.!?]{0,25}\b(?:draden|stroomdraad|kabels|bedrading)\b",
            r"\bonder stroom\b",
            r"\b(?:een |kreeg |krijg |krijgt )?(?:elektrische )?schok(?:ken)? (?:van|door|gekregen|krijgt|bij)",
            r"\bvonk(?:en|t|te)\b",
            r"\bkortsluiting\b",
            r"\b(?:loose|bare|exposed|hanging|live|dangling|broken) (?:electric(?:al|ity)? |power )?(?:wire|"
            r"wires|wiring|cable|cables)\b",
            r"\b(?:wires?|cables?|power lines?)\b[^.!?]{0,20}\b(?:loose|bare|exposed|hanging|hang|down|"
            r"sticking out|live)\b",
            r"\b(?:electric shock|electrocuted|electrified|sparks?|sparking|short circuit)\b",
        ),
        unless=(
            r"\b(?:oplaad|laad|internet|glasvezel|telefoon|telefoon|tv|coax)\s?(?:kabel|kabels|draad|draden)\b",
            r"\bprikkeldraad\b",
            r"\b(?:internet|fibre|fiber|phone|telephone|charging) (?:cable|cables|wire|wires)\b",
            r"\bbarbed wire\b",
        ),
    ),
    _Rule(
        Danger(
            "person",
            Text("Is er iemand in gevaar?", "Is somebody in danger?"),
            Text(
                "Bel meteen 112. Denkt u aan zelfdoding, van uzelf of een ander? Bel 113 of kijk op 113.nl.",
                "Call 112 at once. Do you think of suicide, yourself or somebody else? Call 113 or see 113.nl.",
            ),
            EMERGENCY,
        ),
        says=(
            r"\b(?:zwaar|ernstig|licht)?gewond(?:e|en)?\b",
            r"\bbewusteloos\b|\bbewustzijn\b|\bademt niet\b|\bademen niet\b|\breanim\w+|\bhartaanval\b|"
            r"\bhartstilstand\b|\bonwel\b",
            r"\b(?:bloedt|bloeden|hevig bloed\w*)\b",
            rf"\b{_WHO}\b[^.!?]{{0,20}}\b(?:ligt|lag|zit) (?:op de grond|roerloos|levenloos|stil)\b",
            rf"\bligt\b[^.!?]{{0,20}}\b{_WHO}\b[^.!?]{{0,20}}\b(?:op de (?:grond|stoep|weg|straat)|roerloos|"
            rf"levenloos|te slapen in de sneeuw)\b",
            rf"\b{_WHO}\b[^.!?]{{0,30}}\b(?:in het water|te water|in de (?:gracht|sloot|vijver|rivier|haven)|"
            rf"door het ijs|verdrink\w*|verdronken|onder het ijs)\b",
            rf"\b(?:in het water|door het ijs|verdrinkt|te water)\b[^.!?]{{0,30}}\b{_WHO}\b",
            r"\bverdrink\w*|\bdrenkeling\w*|\bauto (?:ligt |is )?(?:te water|in het water|in de sloot|"
            r"in de gracht)\b",
            rf"\b{_WHO}\b[^.!?]{{0,25}}\b(?:wil springen|gaat springen|op het dak|op de reling|op het spoor|"
            rf"langs het spoor)\b",
            r"\b(?:zelfmoord\w*|zelfdoding\w*|suicid\w*)\b",
            rf"\b(?:zit|zitten|ligt)\b[^.!?]{{0,20}}\b(?:bekneld|opgesloten|vast onder|klem onder|"
            rf"vast in de lift)\b|\b{_WHO} (?:zit )?bekneld\b",
            r"\b(?:in levensgevaar|levensgevaar|in nood|om hulp (?:roep\w*|schreeuw\w*)|roept om hulp|"
            r"schreeuwt om hulp)\b",
            r"\b(?:injured|wounded|unconscious|not breathing|bleeding|heart attack|cardiac arrest|cpr|"
            r"collapsed on)\b",
            rf"\b{_WHO_EN}\b[^.!?]{{0,25}}\b(?:in the (?:water|canal|pond|river|ditch)|through the ice|drowning|"
            rf"drowned|trapped)\b",
            rf"\b{_WHO_EN}\b[^.!?]{{0,20}}\b(?:lying|lies|is lying) (?:on the (?:ground|pavement|street|road)|"
            rf"motionless)\b",
            rf"\b{_WHO_EN}\b[^.!?]{{0,25}}\b(?:about to jump|going to jump|wants to jump|on the (?:track|tracks|"
            rf"railway))\b",
            r"\b(?:drown\w*|suicid\w*|life[- ]threatening|screaming for help|calling for help|needs an ambulance)\b",
        ),
        unless=(
            r"\b(?:dode?|dood) (?:man|vrouw|vogel|eend|dier|vis|vissen)\w*",
            r"\b(?:kan|kon|zou|zal|voordat|straks|nog)\b[^.!?]{0,30}\b(?:gewond|verdrinken)\b[^.!?]{0,10}",
            r"\bgewonde? (?:vogel|duif|eend|egel|kat|hond|dier|zwaan|meeuw|merel|ree)\w*",
            r"\b(?:vogel|duif|eend|egel|kat|hond|dier|zwaan|meeuw)\b[^.!?]{0,15}\bgewond\b",
            r"\binjured (?:bird|pigeon|duck|hedgehog|cat|dog|animal|swan|gull)\b",
            r"\bvogelbekdier\b",
        ),
    ),
    _Rule(
        Danger(
            "violence",
            Text("Gebeurt er nu geweld?", "Is there violence now?"),
            Text(
                "Bel meteen 112. Is er geen haast, bel dan de politie: 0900 8844.",
                "Call 112 at once. Is there no hurry, call the police: 0900 8844.",
            ),
            EMERGENCY,
        ),
        says=(
            r"\b(?:vuurwapen|pistool|geweer|schietpartij|steekpartij|neergestoken|beschoten|geschoten|machete)\b",
            r"\b(?:met|heeft|hebben|trok|zwaait|een) (?:een )?(?:groot )?mes(?:sen)?\b(?! in de grond)",
            r"\b(?:wordt|worden|werd|word|ben) (?:\w+ ){0,3}(?:geslagen|mishandeld|in elkaar geslagen|"
            r"aangevallen|beroofd|bedreigd|verkracht|aangerand)\b",
            r"\b(?:vechtpartij|vechten|knokpartij|overval|inbreker|inbraak bezig|huiselijk geweld|gijzel\w*|"
            r"ontvoer\w*)\b",
            r"\b(?:gun|knife|machete|stabbed|stabbing|shooting|shots fired|armed)\b",
            r"\b(?:is|are|am|being|was) (?:being )?(?:beaten|attacked|robbed|threatened|assaulted|raped)\b",
            r"\b(?:fight going on|are fighting|burglar|break-in in progress|kidnap\w*)\b",
        ),
        unless=(r"\bstanleymes\b", r"\bafbreekmes\b", r"\bspray gun\b", r"\bvecht\w* tegen\b"),
    ),
    _Rule(
        Danger(
            "explosive",
            Text("Ligt er iets dat kan ontploffen?", "Is there something that can explode?"),
            Text("Blijf er vandaan, raak het niet aan en bel 112.", "Keep away, do not touch it and call 112."),
            EMERGENCY,
        ),
        says=(
            r"\b(?:handgranaat|granaat|vliegtuigbom|bommelding|explosief|explosieven|munitie|bom(?:men)?)\b",
            r"\b(?:grenade|unexploded|explosive device|ammunition|bomb)\b",
        ),
        unless=(r"\bbadbom\w*", r"\bbom (?:rook|geld|mensen)\b", r"\bzaadbom\w*", r"\bfiets(?:en)?bom\b"),
    ),
    _Rule(
        Danger(
            "poison",
            Text("Lekt er een gevaarlijke stof?", "Is a dangerous substance leaking?"),
            Text("Ga weg en adem het niet in. Bel 112.", "Get away and do not breathe it in. Call 112."),
            EMERGENCY,
        ),
        says=(
            r"\b(?:giftige|chemische|bijtende|gevaarlijke) (?:stof|stoffen|lucht|wolk|damp|dampen|"
            r"vloeistof)\b[^.!?]{0,40}"
            r"\b(?:lekt|lekken|vrij|ontsnapt|komt|hangt|uit|stroomt)\b",
            r"\b(?:drugsvaten|drugsafval|vaten|vat|jerrycans?)\b[^.!?]{0,30}\b(?:lekt|lekken|lek|stinkt|stinken|"
            r"dampt|dampen)\b",
            r"\b(?:koolmonoxide|gifwolk|gaswolk|ammoniak|chloorlucht)\b",
            r"\b(?:carbon monoxide|toxic cloud|toxic fumes|chemical (?:spill|leak|cloud)|ammonia)\b",
            r"\b(?:drums?|barrels?|jerrycans?)\b[^.!?]{0,30}\b(?:leaking|leak|fuming)\b",
        ),
    ),
    _Rule(
        Danger(
            "traffic",
            Text("Is er een ongeluk gebeurd?", "Was there an accident?"),
            Text("Zijn er gewonden of is de weg versperd? Bel 112.", "Is anybody hurt or the road blocked? Call 112."),
            EMERGENCY,
        ),
        says=(
            r"\b(?:spookrijder|botsing|kettingbotsing|verkeersongeluk|verkeersongeval|ernstig ongeluk|ongeluk met)\b",
            r"\b(?:net|zojuist|nu|zonet)\b[^.!?]{0,25}\b(?:ongeluk|aanrijding|ongeval)\b",
            r"\b(?:aanrijding|ongeluk|ongeval) (?:gebeurd|met|tussen)\b",
            r"\b(?:wrong-way driver|car crash|collision|accident just|there has been an accident|"
            r"there is an accident)\b",
        ),
        unless=(r"\b(?:straks|wachten tot|voordat er)\b[^.!?]{0,30}\b(?:ongeluk\w*|aanrijding|ongeval)\b",),
    ),
    _Rule(
        Danger(
            "collapse",
            Text("Kan er iets omvallen of instorten?", "Can something fall or collapse?"),
            Text(
                "Blijf uit de buurt en houd anderen weg. Kan het nu op iemand vallen? Bel 112.",
                "Keep away and keep others away. Can it fall on somebody now? Call 112.",
            ),
            EMERGENCY,
        ),
        says=(
            r"\b(?:instort\w*|ingestort\w*|in te storten|op instorten|verzakkend gebouw|zinkgat)\b",
            r"\b(?:dreigt|dreigen|gaat|kan|kunnen|staat) (?:\w+ ){0,2}(?:om te vallen|te vallen|om te waaien|"
            r"op omvallen|"
            r"(?:zo |elk moment |ieder moment )?(?:omvallen|omwaaien|naar beneden (?:komen|vallen)))\b",
            r"\bop omvallen\b|\belk moment (?:om|vallen|naar beneden)\b",
            r"\b(?:dakpannen|gevelplaat|gevelstenen|stenen|steiger|dak|schoorsteen|"
            r"balkon)\b[^.!?]{0,25}\b(?:los|waai\w*|valt|vallen|naar beneden)\b",
            r"\b(?:collaps\w+|sinkhole|about to (?:fall|collapse|come down)|could fall (?:any moment|on)|"
            r"may fall on)\b",
            r"\b(?:roof tiles?|scaffolding|chimney|balcony|facade)\b[^.!?]{0,25}\b(?:loose|falling|coming down|"
            r"blown)\b",
        ),
        unless=(r"\b(?:fiets|bordje|paaltje|plant)\b[^.!?]{0,10}\bomvallen\b",),
    ),
    _Rule(
        Danger(
            "open-hole",
            Text("Is er een put of gat open?", "Is a manhole or pit open?"),
            Text(
                "Wijs anderen erop en blijf er weg. Bel ons meteen: ook 's nachts maken wij dit veilig.",
                "Warn others and keep away. Call us at once: we make this safe at night too.",
            ),
            OWN,
        ),
        says=(
            r"\b(?:putdeksel|deksel van de put|rioolputdeksel|kolkdeksel|putrooster)\b[^.!?]{0,25}\b(?:weg|"
            r"ontbreekt|mist|verdwenen|gestolen|eraf|open|los)\b",
            r"\b(?:open|onafgedekte) (?:put|riool|rioolput|schacht|mangat|kuil)\b",
            r"\b(?:put|rioolput|schacht|mangat)\b[^.!?]{0,15}\b(?:open|zonder deksel)\b",
            r"\b(?:manhole|drain) cover\b[^.!?]{0,20}\b(?:missing|gone|stolen|off|open|loose)\b",
            r"\b(?:open|uncovered) (?:manhole|drain|pit|shaft)\b",
        ),
    ),
)

_COMPILED = [
    (
        rule.danger,
        re.compile("|".join(f"(?:{pattern})" for pattern in rule.says)),
        re.compile("|".join(f"(?:{pattern})" for pattern in rule.unless)) if rule.unless else None,
    )
    for rule in RULES
]


def _plain(text: str) -> str:
    """Write a text in small letters without accents, with single spaces."""
    flat = unicodedata.normalize("NFKD", text[:LONGEST].lower().replace("’", "'"))
    return " ".join("".join(letter for letter in flat if not unicodedata.combining(letter)).split())


def dangers_in(text: str) -> list[Danger]:
    """List the dangers that a text speaks of, in Dutch or English, the most pressing first; empty for most texts."""
    plain = _plain(text)
    return [danger for danger, says, unless in _COMPILED if says.search(unless.sub(" ", plain) if unless else plain)]


def danger_in(text: str) -> Danger | None:
    """Give the most pressing danger that a text speaks of, or None."""
    return next(iter(dangers_in(text)), None)
