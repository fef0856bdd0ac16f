"""How sure a login provider is of who came in: four levels, in the words of all providers that Dutch towns use.

Sources: Logius, Koppelvlakspecificatie DigiD (basis, midden, substantieel, hoog); Afsprakenstelsel Elektronische
Toegangsdiensten (loa2, loa2plus, loa3, loa4); Implementing Regulation (EU) 2015/1502 (low, substantial, high).
"""

from plein.foundation.words import Text

LEVELS = ("basic", "middle", "substantial", "high")
TITLES = {
    "basic": Text("basis", "basic"),
    "middle": Text("midden", "middle"),
    "substantial": Text("substantieel", "substantial"),
    "high": Text("hoog", "high"),
}
KNOWN = {
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport": "basic",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract": "middle",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard": "substantial",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI": "high",
    "urn:etoegang:core:assurance-class:loa1": "basic",
    "urn:etoegang:core:assurance-class:loa2": "basic",
    "urn:etoegang:core:assurance-class:loa2plus": "middle",
    "urn:etoegang:core:assurance-class:loa3": "substantial",
    "urn:etoegang:core:assurance-class:loa4": "high",
    "http://eidas.europa.eu/LoA/low": "basic",
    "http://eidas.europa.eu/LoA/substantial": "substantial",
    "http://eidas.europa.eu/LoA/high": "high",
    **{level: level for level in LEVELS},
}


def reaches(level: str, wanted: str) -> bool:
    """Tell whether a level is at least the wanted one; no level wanted is always reached, an unknown one never."""
    if not wanted:
        return True
    return level in LEVELS and LEVELS.index(level) >= LEVELS.index(wanted)
