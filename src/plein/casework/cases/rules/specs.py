"""A type of case as a room writes it down: plain values, from which a version is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from plein.foundation.words import Text

DESTROY, KEEP = "vernietigen", "blijvend_bewaren"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSpec:
    """A stage; says: what the persons in the case read, None is the name; informeren: whether they are told."""

    key: str
    title: Text
    says: Text | None = None
    informeren: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSpec:
    """An ending; months: archive term (None with KEEP); klasse: of the Selectielijst gemeenten 2020."""

    key: str
    title: Text
    generiek: str = "Afgehandeld"
    klasse: str = ""
    nominatie: str = DESTROY
    months: int | None = 12
    afleidingswijze: str = "afgehandeld"
    procestermijn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSpec:
    """A role; generiek: its name in the standard."""

    key: str
    title: Text
    generiek: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSpec:
    """A kind of document; vertrouwelijkheid: 1 (open) to 8."""

    key: str
    title: Text
    richting: str = "inkomend"
    vertrouwelijkheid: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSpec:
    """A kind of decision; reactietermijn: days in which somebody can object."""

    key: str
    title: Text
    reactietermijn: int | None = None


INITIATOR = RoleSpec(key="initiator", title=Text("Aanvrager", "Who asked"), generiek="initiator")
HANDLER = RoleSpec(key="behandelaar", title=Text("Behandelaar", "Handler"), generiek="behandelaar")
INTERESTED = RoleSpec(key="belanghebbende", title=Text("Belanghebbende", "Who follows it"), generiek="belanghebbende")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSpec:
    """A type of case. statuses: in order, the last one is the end. Terms in days; the rest as in models.Zaaktype."""

    key: str
    title: Text
    activity: str
    statuses: Sequence[StatusSpec]
    results: Sequence[ResultSpec]
    roles: Sequence[RoleSpec] = (INITIATOR, HANDLER, INTERESTED)
    documents: Sequence[DocumentSpec] = ()
    decisions: Sequence[DecisionSpec] = ()
    doel: str = ""
    aanleiding: str = ""
    vertrouwelijkheid: int = 4
    doorlooptijd: int | None = None
    servicenorm: int | None = None
    in_werkdagen: bool = False
    verlengingstermijn: int | None = None
    opschorting: bool = False
    procestype: str = ""
