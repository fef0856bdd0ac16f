"""Every setting, declared once: name, default and a sentence. docs/look-up/settings.md is made from this list.

A setting is read from the environment variable PLEIN_<NAME>, else from the file `plein.env` in the data directory.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Option:
    """A setting: `parse` turns the text of the environment into its value."""

    name: str
    default: str
    sentence: str
    parse: Callable[[str], Any] = str


def truth(text: str) -> bool:
    """Read yes/no as people write it.

    Raises ValueError for anything else.
    """
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.strip().lower() not in words:
        raise ValueError(f"{text!r} is neither yes nor no")
    return words[text.strip().lower()]


def listed(text: str) -> list[str]:
    """Split at commas; empty text is an empty list."""
    return [part.strip() for part in text.split(",") if part.strip()]


def one_of(*words: str) -> Callable[[str], str]:
    """Read one of a few words.

    The parser raises ValueError for another.
    """

    def read(text: str) -> str:
        if text.strip().lower() not in words:
            raise ValueError(f"{text!r} is none of {', '.join(words)}")
        return text.strip().lower()

    return read


def pairs(text: str) -> dict[str, str]:
    """Read `a=b,c=d`; a name may come once.

    Raises ValueError for a part without =.
    """
    found = {}
    for part in listed(text):
        name, mark, value = part.partition("=")
        if not mark or not name.strip() or not value.strip() or name.strip() in found:
            raise ValueError(f"{part!r} is not name=value, or its name came before")
        found[name.strip()] = value.strip()
    return found


def _provider(audience: str, *, who: str, name: str, claims: str, least: str) -> list[Option]:
    """Declare the settings of one OpenID Connect provider."""
    start = f"OIDC_{audience}_"
    return [
        Option(
            f"{start}ISSUER", "", f"OpenID Connect provider of {who}, e.g. https://login.example.nl; empty is none."
        ),
        Option(f"{start}NAME", name, f"What the button says that {who} log in with."),
        Option(f"{start}CLIENT_ID", "", f"How the provider of {who} knows this Plein."),
        Option(f"{start}CLIENT_SECRET", "", f"Secret that the provider of {who} gave; empty with PRIVATE_KEY."),
        Option(
            f"{start}PRIVATE_KEY",
            "",
            f"File with a private key (PEM or JWK) that proves to the provider of {who} who we are.",
        ),
        Option(f"{start}SCOPES", "openid", f"Scopes asked of the provider of {who}, split by spaces."),
        Option(
            f"{start}CLAIMS",
            claims,
            f"Which claims of the provider of {who} say what, as ours=theirs split by commas.",
            pairs,
        ),
        Option(
            f"{start}LEVELS",
            "",
            f"Words of the provider of {who} for levels of certainty (basic, middle, substantial, high) beyond "
            "the usual, as theirs=ours split by commas.",
            pairs,
        ),
        Option(
            f"{start}LEAST",
            least,
            f"Level of certainty below which {who} do not come in; empty is any.",
            one_of(*LEAST),
        ),
    ]


LEAST = ("", "basic", "middle", "substantial", "high")
OPTIONS = [
    Option(
        "DATA",
        "var",
        "Directory that holds everything Plein keeps: database, lake, files, search index.",
        Path,
    ),
    Option("DEBUG", "no", "Show technical error pages. Never switch this on where others can reach Plein.", truth),
    Option(
        "DATABASE_URL",
        "",
        "Database to use, e.g. postgres://user:password@host/plein; empty is SQLite in DATA.",
    ),
    Option("SECRET_KEY", "", "Key that signs sessions and links; empty makes one and keeps it in DATA."),
    Option(
        "KEYS",
        "",
        "File with the keys that personal data is sealed with; empty makes keys.json in DATA. "
        "Several machines need the same file.",
    ),
    Option("HOSTS", "localhost,127.0.0.1,[::1]", "Host names this Plein answers to, split by commas.", listed),
    Option("HTTPS", "no", "Visitors come over HTTPS: secure cookies, HSTS and redirects are on.", truth),
    Option("PROXIES", "0", "Number of trusted proxies in front, for the visitor's address.", int),
    Option("GEMEENTE", "", "CBS code of the municipality, e.g. GM0363; empty is the demo town."),
    Option("ORGANISATION", "Gemeente Pleinstad", "Name of the municipality as pages and letters show it."),
    Option("CATEGORIES", "", "Set of categories in which people report, e.g. amsterdam; empty is pleinstad."),
    Option(
        "REPORTS_DELAY_DAYS",
        "7",
        "Days after which a report is in the open data: no sooner, so that nobody can tell who was at the window.",
        int,
    ),
    Option(
        "PHOTOS_SHOWN",
        "looked-at",
        "When others see photos with reports: `looked-at` by staff, or `blurred` as soon as a computer did.",
        one_of("looked-at", "blurred"),
    ),
    Option("PHONE", "14 0999", "Phone number of the municipality, day and night, for what cannot wait."),
    Option(
        "OIN",
        "00000009999999999000",
        "Organisation identification number (OIN), the source of outgoing events.",
    ),
    Option(
        "BASE_URL",
        "http://localhost:8000",
        "Address of this Plein as others reach it, without a slash at the end.",
    ),
    Option(
        "SECURITY_CONTACT", "mailto:security@example.org", "Where a weak spot can be told: mailto: or https: address."
    ),
    Option("MQTT_URL", "", "Sensor message broker, e.g. mqtt://user:password@host:1883; empty is no MQTT."),
    Option("MQTT_PREFIX", "v1.1", "Start of every MQTT topic of the SensorThings interface."),
    Option("CONTACT_EMAIL", "plein@example.org", "Address that users of the interfaces can write to."),
    Option(
        "SMTP_URL",
        "",
        "Mail server, e.g. smtp://user:password@host:587 (STARTTLS) or smtps://host; empty sends no e-mail.",
    ),
    Option(
        "CLAMD",
        "",
        "Virus scanner (clamd) for files that people send, e.g. tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl; "
        "empty scans nothing.",
    ),
    Option("MAIL_FROM", "", "Address that e-mail comes from; empty is CONTACT_EMAIL."),
    Option("SMS_URL", "", "SMS provider with the API of Spryng v2, e.g. https://api.spryng.nl/v2; empty sends no SMS."),
    Option("SMS_TOKEN", "", "Key for the SMS provider."),
    Option("SMS_ACCOUNT", "", "Account at the SMS provider, e.g. SPNL0000000."),
    Option("SMS_FROM", "Gemeente", "Sender of SMS as phones show it, at most 11 signs; register it with the provider."),
    Option(
        "LETTER_WINDOW",
        "left",
        "Where the window of your envelopes is, on the front: left or right.",
        one_of("left", "right"),
    ),
    Option(
        "RETURN_ADDRESS",
        "Postbus 1, 9999 ZZ Pleinstad",
        "Address that letters go back to when they cannot be delivered, in one line.",
    ),
    Option(
        "SECOND_FACTOR",
        "roles",
        "Who needs a second step to log in: roles (who administers or may see personal data) or everyone.",
        one_of("roles", "everyone"),
    ),
    *_provider(
        "RESIDENTS", who="residents", name="DigiD", claims="bsn=bsn,level=acr,acting_for=acting_for", least="middle"
    ),
    *_provider(
        "ORGANISATIONS",
        who="organisations",
        name="eHerkenning",
        claims="kvk=kvk,vestiging=vestiging,name=name,level=acr",
        least="middle",
    ),
    *_provider("STAFF", who="staff", name="werkaccount", claims="email=email", least=""),
    Option(
        "OIDC_STAFF_SECOND_STEP",
        "mfa,otp,hwk",
        "Values of acr or amr by which the provider of staff says that a second step was done, split by commas.",
        listed,
    ),
    Option("STAFF_IDLE_MINUTES", "60", "Minutes of silence after which a member of staff is logged out.", int),
    Option("STAFF_HOURS", "12", "Hours after which a member of staff logs in anew, however busy.", int),
    Option(
        "RESIDENT_IDLE_MINUTES",
        "15",
        "Minutes of silence after which a resident or organisation is logged out.",
        int,
    ),
    Option("RESIDENT_HOURS", "2", "Hours after which a resident or organisation logs in anew, however busy.", int),
    Option(
        "API_RATE",
        "600",
        "Requests that one visitor without a token may send to the interfaces in a minute, per web process; "
        "0 is no limit.",
        int,
    ),
    Option(
        "API_RATE_TOKEN",
        "6000",
        "Requests that one member of staff or token may send to the interfaces in a minute, per web process; "
        "0 is no limit.",
        int,
    ),
    Option(
        "WEBHOOKS_INSIDE",
        "no",
        "Allow subscribers of events on http and on private addresses; for a network of your own only.",
        truth,
    ),
    Option(
        "ELSEWHERE",
        "no",
        "Load example readings of towns elsewhere too (Leuven, Münster, Berlin), as points of those towns.",
        truth,
    ),
    Option("BASE_MAP", "own", "Background of maps: own (neighbourhoods from our own data) or pdok (BRT of PDOK)."),
    Option(
        "HOME_LAYER",
        "monitor.distance-to-doctor,monitor.distance-to-supermarket",
        "Map layers that may colour the town on the home page, split by commas; the first with values does. "
        "Choose what is about the place, not about who lives there.",
        listed,
    ),
    Option(
        "THEME",
        "",
        "Path of a CSS file with design tokens that replaces Plein's own theme; empty is Plein's.",
    ),
    Option(
        "SEAL_AFTER_DAYS",
        "3",
        "Days that readings stay in the database before they are sealed into the lake.",
        int,
    ),
    Option("LOG_LEVEL", "INFO", "How much is logged: DEBUG, INFO, WARNING or ERROR."),
    Option("OTLP_ENDPOINT", "", "Address that receives OpenTelemetry traces; empty sends none."),
]


def _from_file(path: Path) -> dict[str, str]:
    """Read KEY=value lines; a missing file is an empty one."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def read_options(environ: dict[str, str] | None = None) -> dict[str, Any]:
    """Read all settings, by name without the prefix.

    Raises ValueError that names the setting and what it should be.
    """
    environ = dict(os.environ) if environ is None else environ
    data = Path(environ.get("PLEIN_DATA") or "var")
    texts = {**_from_file(data / "plein.env"), **environ}
    values: dict[str, Any] = {}
    for option in OPTIONS:
        text = texts.get(f"PLEIN_{option.name}", option.default)
        try:
            values[option.name] = option.parse(text)
        except ValueError as error:
            raise ValueError(f"PLEIN_{option.name}: {error}. {option.sentence}") from error
    return values
