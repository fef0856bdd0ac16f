"""The contracts of the data products: ODCS v3 files in `ROOM/contracts/*.odcs.yaml`, read once and kept frozen.

docs/look-up/contracts.md lists every field. Standard fields stand where ODCS has them; what is Plein's own stands in
`customProperties`.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps

from plein.foundation.catalogue.errors import NoContract, NotAContract
from plein.foundation.words import Text

TYPES = ("string", "integer", "number", "boolean", "date", "timestamp")
OPENNESS = ("open", "shared", "closed")
PERSONAL = ("none", "pseudonymous", "personal")
KEY = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
VERSIONS_DAYS = 1095
NO_WORDS = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as agreed. minimum and maximum are inclusive; length: shortest and longest text."""

    name: str
    type: str
    title: Text
    description: Text = NO_WORDS
    unit: str = ""
    required: bool = False
    unique: bool = False
    minimum: Any = None
    maximum: Any = None
    pattern: str = ""
    length: tuple[int, int | None] = (0, None)
    allowed: tuple[Any, ...] = ()
    personal: str = "none"
    partitioned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What is agreed about a data product.

    retention_days: how long rows are kept by the column `temporal`, or versions when there is no such column.
    versions_days: how long a version that was replaced stays readable. freshness_days: the promise about the newest
    row when `freshness_column` is set, else about the last publication. theme: key of the EU data theme list.
    """

    key: str
    title: Text
    description: Text
    version: str = "1.0.0"
    openness: str = "closed"
    personal: str = "none"
    legal_basis: str = ""
    purposes: tuple[str, ...] = ()
    owner: str = ""
    licence: str = ""
    theme: str = ""
    hvd: str = ""
    keywords: tuple[str, ...] = ()
    source: Text = NO_WORDS
    frequency: str = ""
    freshness_days: float | None = None
    freshness_column: str = ""
    retention_days: int | None = None
    versions_days: int = VERSIONS_DAYS
    temporal: str = ""
    geometry: Mapping[str, Any] | None = None
    suppress: Mapping[str, Any] | None = None
    columns: tuple[Column, ...]
    key_columns: tuple[str, ...] = ()
    path: Path | None = field(default=None, compare=False)

    @property
    def room(self) -> str:
        """Name the room (app label) whose product this is."""
        return self.key.split(".")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """List the names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Give one column.

        Raises KeyError.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def contract(key: str) -> Contract:
    """Give the contract of a product.

    Raises NoContract.
    """
    found = all_contracts().get(key)
    if found is None:
        raise NoContract(product=key)
    return found


_extra: dict[str, Contract] = {}


def all_contracts() -> dict[str, Contract]:
    """Give every contract of the installed rooms, by key."""
    return {**_from_rooms(), **_extra} if _extra else _from_rooms()


@cache
def _from_rooms() -> dict[str, Contract]:
    found: dict[str, Contract] = {}
    for path in contract_files():
        made = read_contract(path)
        if made.key in found:
            raise NotAContract(f"{path}: {made.key} stands in {found[made.key].path} too")
        found[made.key] = made
    return dict(sorted(found.items()))


def contract_files() -> list[Path]:
    """List the contract files of the installed rooms."""
    folders = [Path(config.path) for config in apps.get_app_configs() if config.name.startswith("plein.")]
    return sorted(path for folder in folders for path in (folder / "contracts").glob("*.odcs.yaml"))


@contextmanager
def with_contracts(*contracts: Contract) -> Iterator[None]:
    """Know more contracts for a while: for a bench or a test that brings its own product."""
    before = dict(_extra)
    _extra.update({one.key: one for one in contracts})
    try:
        yield
    finally:
        _extra.clear()
        _extra.update(before)


def read_contract(path: Path) -> Contract:
    """Read one contract file.

    Raises NotAContract with the file and what is wrong.
    """
    return contract_from(path.read_text(encoding="utf-8"), path=path)


def contract_from(text: str, *, path: Path | None = None) -> Contract:
    """Make a contract of the text of an ODCS file.

    Raises NotAContract.
    """
    import yaml
    from open_data_contract_standard.model import OpenDataContractStandard

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads all contracts in a tenth of the time
    try:
        odcs = OpenDataContractStandard(**yaml.load(text, Loader=loader))  # noqa: S506 (both are safe)
        made = _contract(odcs, path)
    except NotAContract:
        raise
    except Exception as error:
        raise NotAContract(f"{path or 'contract'}: {error}") from error
    wrong = problems(made)
    if wrong:
        raise NotAContract(f"{path or made.key}: {'; '.join(wrong)}")
    return made


def _custom(holder: Any) -> dict[str, Any]:
    return {one.property: one.value for one in holder.customProperties or []}


def _text(custom: Mapping[str, Any], name: str) -> Text:
    return Text(str(custom.get(f"{name}Nl") or "").strip(), str(custom.get(f"{name}En") or "").strip())


def _promise(odcs: Any, name: str) -> Any:
    """Find a service level (freshness, retention, frequency), or None."""
    return next((one for one in odcs.slaProperties or [] if one.property == name), None)


DAYS = {"d": 1.0, "day": 1.0, "days": 1.0, "h": 1 / 24, "y": 365.25, "year": 365.25, "years": 365.25, "m": 30.44}


def _days(promise: Any) -> float | None:
    """Give a promise in days; None when there is none.

    Raises ValueError for a unit that is none.
    """
    if promise is None:
        return None
    if (promise.unit or "d") not in DAYS:
        raise ValueError(f"{promise.property}: unit {promise.unit!r} is none of {', '.join(DAYS)}")
    return float(promise.value) * DAYS[promise.unit or "d"]


def _whole_days(promise: Any) -> int | None:
    days = _days(promise)
    return None if days is None else round(days)


def _contract(odcs: Any, path: Path | None) -> Contract:
    custom = _custom(odcs)
    if not odcs.schema_ or len(odcs.schema_) != 1:
        raise NotAContract(f"{path}: schema must describe one table")
    properties = odcs.schema_[0].properties or []
    keys = sorted((one for one in properties if one.primaryKey), key=lambda one: one.primaryKeyPosition or 0)
    freshness, frequency = _promise(odcs, "freshness"), _promise(odcs, "frequency")
    versions_days = _whole_days(_promise(odcs, "versions"))
    return Contract(
        key=odcs.id or "",
        title=_text(custom, "title"),
        description=_text(custom, "description"),
        version=odcs.version or "",
        openness=str(custom.get("openness", "closed")),
        personal=str(custom.get("personal", "none")),
        legal_basis=str(custom.get("legalBasis") or ""),
        purposes=tuple(custom.get("purposes") or ()),
        owner=str(custom.get("owner") or ""),
        licence=str(custom.get("licence") or ""),
        theme=str(custom.get("theme") or ""),
        hvd=str(custom.get("hvd") or ""),
        keywords=tuple(odcs.tags or ()),
        source=_text(custom, "source"),
        frequency="" if frequency is None else str(frequency.value),
        freshness_days=_days(freshness),
        freshness_column="" if freshness is None else (freshness.element or "").rsplit(".", maxsplit=1)[-1],
        retention_days=_whole_days(_promise(odcs, "retention")),
        versions_days=VERSIONS_DAYS if versions_days is None else versions_days,
        temporal=str(custom.get("temporal") or ""),
        geometry=custom.get("geometry"),
        suppress=_suppress(custom.get("suppress")),
        columns=tuple(_column(one) for one in properties),
        key_columns=tuple(one.name for one in keys),
        path=path,
    )


def _suppress(said: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if not said else {"count": [], "dimensions": [], "threshold": 5, **said}


def _column(one: Any) -> Column:
    custom = _custom(one)
    options = one.logicalTypeOptions or {}
    kind = one.logicalType or "string"
    return Column(
        name=one.name or "",
        type=kind,
        title=_text(custom, "title"),
        description=_text(custom, "description"),
        unit=str(custom.get("unit") or ""),
        required=bool(one.required or one.primaryKey),
        unique=bool(one.unique),
        minimum=_bound(options.get("minimum"), kind),
        maximum=_bound(options.get("maximum"), kind),
        pattern=str(options.get("pattern") or ""),
        length=(int(options.get("minLength") or 0), options.get("maxLength")),
        allowed=tuple(_bound(value.value, kind) for value in one.enum or ()),
        personal=str(custom.get("personal", "none")),
        partitioned=bool(one.partitioned),
    )


def _bound(value: Any, kind: str) -> Any:
    """Give a limit or listed value the type of its column; YAML dates may come as dates or as text."""
    if value is None or kind not in ("date", "timestamp"):
        return value
    if kind == "date":
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def problems(made: Contract) -> list[str]:
    """List what a contract lacks or contradicts; an empty list is a sound contract."""
    return [*_problems_of_product(made), *_problems_of_references(made), *_problems_of_columns(made.columns)]


def _problems_of_product(made: Contract) -> list[str]:
    personal_columns = [column.name for column in made.columns if column.personal != "none"]
    wrong = {
        f"id {made.key!r} is not room.name": not KEY.fullmatch(made.key),
        "titleNl and titleEn are needed": not (made.title.nl and made.title.en),
        "descriptionNl and descriptionEn are needed": not (made.description.nl and made.description.en),
        f"openness {made.openness!r} is none of {', '.join(OPENNESS)}": made.openness not in OPENNESS,
        f"personal {made.personal!r} is none of {', '.join(PERSONAL)}": made.personal not in PERSONAL,
        "an open product holds no personal data": made.openness == "open" and made.personal != "none",
        "an open product needs a licence": made.openness == "open" and not made.licence,
        "personal data needs a legalBasis": made.personal != "none" and not made.legal_basis,
        "personal data needs a retention": made.personal != "none" and made.retention_days is None,
        f"columns {personal_columns} are personal, the product says none": bool(personal_columns)
        and made.personal == "none",
        "owner is needed": not made.owner,
        "there are no columns": not made.columns,
    }
    return [sentence for sentence, is_wrong in wrong.items() if is_wrong]


def _problems_of_references(made: Contract) -> list[str]:
    """Find columns that the contract speaks of and does not have."""
    geometry, suppress = made.geometry or {}, made.suppress or {}
    spoken = {
        "temporal": [made.temporal],
        "freshness": [made.freshness_column],
        "geometry": [geometry.get(name, "") for name in ("lon", "lat", "code")],
        "suppress": [*suppress.get("count", ()), *suppress.get("dimensions", ())],
    }
    wrong = [
        f"{where} names column {name!r}, which is not there"
        for where, names in spoken.items()
        for name in names
        if name and name not in made.names
    ]
    if made.geometry and geometry.get("kind") not in ("point", "area"):
        wrong.append("geometry kind must be point or area")
    return wrong


def _problems_of_columns(columns: Sequence[Column]) -> list[str]:
    names = [column.name for column in columns]
    wrong = [f"column {name} stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    for column in columns:
        if column.type not in TYPES:
            wrong.append(f"column {column.name}: type {column.type!r} is none of {', '.join(TYPES)}")
        if not (column.title.nl and column.title.en):
            wrong.append(f"column {column.name}: titleNl and titleEn are needed")
        if column.personal not in PERSONAL:
            wrong.append(f"column {column.name}: personal {column.personal!r} is none of {', '.join(PERSONAL)}")
    return wrong


def contract_problems() -> list[str]:
    """List what is wrong with the contract files of all installed rooms and with the signs that speak of them.

    For `plein check` and the house tests: a file that cannot be read, a key outside its room, a product on a sign
    without a contract and the other way round.
    """
    from plein.foundation.rooms import rooms

    wrong: list[str] = []
    keys: dict[str, str] = {}
    for path in contract_files():
        try:
            keys[read_contract(path).key] = path.parent.parent.name
        except NotAContract as error:
            wrong.append(str(error))
    wrong += [f"{key} stands in the folder of {folder}" for key, folder in keys.items() if key.split(".")[0] != folder]
    for room in rooms():
        own = {key for key in keys if key.startswith(f"{room.label}.")}
        wrong += [f"{room.label}: {key} is on the sign and has no contract" for key in set(room.products) - own]
        wrong += [f"{room.label}: {key} has a contract and is not on the sign" for key in own - set(room.products)]
    return wrong
