"""The code lists that catalogues share: themes, licences, access, frequencies, high-value categories, file types.

Sources: EU Vocabularies, https://op.europa.eu/en/web/eu-vocabularies; DCAT-AP-NL 3.0, https://docs.geostandaarden.nl/dcat/
"""

from dataclasses import dataclass

from plein.foundation.words import Text

AUTHORITY = "http://publications.europa.eu/resource/authority"
HVD_LAW = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
HVD = "http://data.europa.eu/bna/"

THEMES = {
    "AGRI": Text("Landbouw, visserij, bosbouw en voeding", "Agriculture, fisheries, forestry and food"),
    "ECON": Text("Economie en financiën", "Economy and finance"),
    "EDUC": Text("Onderwijs, cultuur en sport", "Education, culture and sport"),
    "ENER": Text("Energie", "Energy"),
    "ENVI": Text("Milieu", "Environment"),
    "GOVE": Text("Bestuur en overheid", "Government and public sector"),
    "HEAL": Text("Gezondheid", "Health"),
    "INTR": Text("Internationale vraagstukken", "International issues"),
    "JUST": Text("Justitie, recht en veiligheid", "Justice, legal system and public safety"),
    "REGI": Text("Regio's en steden", "Regions and cities"),
    "SOCI": Text("Bevolking en samenleving", "Population and society"),
    "TECH": Text("Wetenschap en technologie", "Science and technology"),
    "TRAN": Text("Verkeer en vervoer", "Transport"),
}
DEFAULT_THEME = "GOVE"
ACCESS = {"open": "PUBLIC", "shared": "RESTRICTED", "closed": "NON_PUBLIC"}
HVD_CATEGORIES = {
    f"{HVD}c_ac64a52d": Text("Geografie", "Geospatial"),
    f"{HVD}c_dd313021": Text("Aardobservatie en milieu", "Earth observation and environment"),
    f"{HVD}c_164e0bf5": Text("Weer", "Meteorological"),
    f"{HVD}c_e1da4e07": Text("Statistiek", "Statistics"),
    f"{HVD}c_a9135398": Text("Bedrijven", "Companies and company ownership"),
    f"{HVD}c_b79e35eb": Text("Mobiliteit", "Mobility"),
}
FREQUENCIES = {
    "continuous": ("CONT", Text("voortdurend", "continuous")),
    "cont": ("CONT", Text("voortdurend", "continuous")),
    "hourly": ("HOURLY", Text("elk uur", "every hour")),
    "daily": ("DAILY", Text("elke dag", "every day")),
    "weekly": ("WEEKLY", Text("elke week", "every week")),
    "monthly": ("MONTHLY", Text("elke maand", "every month")),
    "quarterly": ("QUARTERLY", Text("elk kwartaal", "every quarter")),
    "annual": ("ANNUAL", Text("elk jaar", "every year")),
    "irregular": ("IRREG", Text("onregelmatig", "irregularly")),
    "irreg": ("IRREG", Text("onregelmatig", "irregularly")),
    "never": ("NEVER", Text("niet meer", "no longer")),
}
OPENNESS = {
    "open": Text("Open", "Open"),
    "shared": Text("Gedeeld", "Shared"),
    "closed": Text("Gesloten", "Closed"),
}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence: address, title, and whether the maker must be named."""

    iri: str
    title: str
    attribution: bool


LICENCES = {
    "CC0-1.0": Licence("http://creativecommons.org/publicdomain/zero/1.0/deed.nl", "CC0 1.0", False),
    "CC-BY-4.0": Licence("http://creativecommons.org/licenses/by/4.0/deed.nl", "CC BY 4.0", True),
    "CC-BY-3.0": Licence("http://creativecommons.org/licenses/by/3.0/deed.nl", "CC BY 3.0", True),
    "CC-BY-SA-4.0": Licence("http://creativecommons.org/licenses/by-sa/4.0/deed.nl", "CC BY-SA 4.0", True),
    "ODbL-1.0": Licence("https://opendatacommons.org/licenses/odbl/1-0/", "ODbL 1.0", True),
}
CLOSED_LICENCE = Licence("http://standaarden.overheid.nl/owms/terms/geslotenlicentie", "Gesloten licentie", True)


def licence_of(said: str, openness: str) -> Licence:
    """Give the licence of a product by its SPDX key or its address; what is not open has none that all may use."""
    if said in LICENCES:
        return LICENCES[said]
    for licence in LICENCES.values():
        if said and _bare(said) == _bare(licence.iri):
            return licence
    if said.startswith(("http://", "https://")):
        return Licence(said, said.split("//", 1)[1], True)
    if openness != "open":
        return CLOSED_LICENCE
    return Licence(f"https://spdx.org/licenses/{said}", said, True)


def _bare(address: str) -> str:
    return address.split("//", 1)[-1].split("/deed", maxsplit=1)[0].rstrip("/")


def theme_of(said: str) -> str:
    """Give the EU theme of a product; government when none was named."""
    code = said.rsplit("/", maxsplit=1)[-1].upper()
    return code if code in THEMES else DEFAULT_THEME


def frequency_of(said: str) -> tuple[str, Text] | None:
    """Give the EU frequency of a product, with its words."""
    return FREQUENCIES.get(said.lower())
