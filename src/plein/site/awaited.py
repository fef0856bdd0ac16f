"""Kinds of files that Plein knows and that no room uses yet: `plein load` names the room they are for."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plein.foundation import files
from plein.foundation.files import SeveralFiles


@dataclass(frozen=True, slots=True)
class Awaited:
    """A kind of file for a room to come.

    columns: names that all stand in its header or are keys of its first object. says: one of these stands in its
    first bytes. starts: it begins with one of these. members: files that an archive of this kind holds.
    """

    room: str
    title: str
    columns: frozenset[str] = frozenset()
    says: tuple[bytes, ...] = ()
    starts: tuple[bytes, ...] = ()
    members: frozenset[str] = frozenset()

    def fits(self, path: Path, head: bytes) -> bool:
        """Tell whether a file is of this kind.

        Raises FileRefused.
        """
        if self.members:
            return files.form_of(_raw(path)) == "zip" and self.members <= _members(path)
        if self.columns and not files.has_columns(path, *self.columns):
            return False
        if self.says and not any(words in head for words in self.says):
            return False
        return not self.starts or head.startswith(self.starts)


def _raw(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _members(path: Path) -> set[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist())
    except zipfile.BadZipFile:
        return set()


def _table(room: str, title: str, *columns: str) -> Awaited:
    return Awaited(room, title, columns=frozenset(columns))


KINDS: Sequence[Awaited] = (
    Awaited("city/mobility", "timetables (GTFS)", members=frozenset({"stops.txt", "trips.txt", "stop_times.txt"})),
    Awaited("city/mobility", "live timetables (GTFS-Realtime)", starts=(b"\n\r\n\x031.0", b"\n\r\n\x032.0")),
    Awaited("city/mobility", "live timetables (GTFS-Realtime)", columns=frozenset({"header"}),
            says=(b"gtfs_realtime_version", b"gtfsRealtimeVersion")),
    Awaited("city/mobility", "shared vehicles (GBFS)", columns=frozenset({"data", "last_updated", "ttl"})),
    Awaited("city/mobility", "shared vehicles (GBFS)", columns=frozenset({"data"}), says=(b'"bikes"', b'"stations"')),
    Awaited("city/mobility", "shared vehicles (GBFS)", says=(b'"geofencing_zones"',), columns=frozenset({"rules"})),
    Awaited("city/mobility", "rental bicycles of NS", says=(b'"ovfiets.',), columns=frozenset({"model", "fields"})),
    Awaited("city/traffic", "a traffic model (SUMO)", says=(b"<net ", b"<routes", b"<configuration")),
    _table("city/traffic", "traffic counts per street", "street_name", "total_count", "date_count"),
    _table("city/traffic", "places of traffic counters", "name", "directory", "channels"),
    _table("city/traffic", "places of traffic counters", "segment_id", "highway", "length_m"),
    _table("city/parking", "free places in garages", "timestamp_utc", "place_id", "free"),
    _table("city/parking", "parking garages", "place_id", "place_name", "capacity"),
    _table("city/parking", "live places in garages", "FreeSpaceShort", "ShortCapacity"),
    _table("city/agenda", "events", "naam", "start", "eind", "bron"),
    _table("city/agenda", "sounds that were recognised", "object_id", "timestamp", "klasse", "certainty_pct"),
    _table("city/sensing", "places of noise meters elsewhere", "object_id", "description", "nr", "location"),
    _table("city/sensing", "raw messages of a sensor (Smart Emission)", "id", "date", "hour", "timeseries"),
    _table("city/sensing", "noise by the minute, of a place that is not told", "timestamp", "laeq_1min_dba"),
    _table("city/sensing", "weather elsewhere", "time", "temperature_2m", "relativehumidity_2m"),
    _table("city/waste", "fill levels of bins", "date", "bin_id", "fullness_0_10"),
    _table("city/waste", "a collection calendar", "sector", "schedule"),
    _table("city/waste", "kilograms of waste per inhabitant", "year", "rest", "gft"),
    Awaited("city/waste", "a routing problem (VRPLIB)", starts=(b"NAME :", b"NAME:")),
    Awaited("city/waste", "a solution of a routing problem", starts=(b"Route #1:",)),
    _table("city/waste", "best known routes", "instance", "customers", "routes_bks"),
    _table("city/upkeep", "condition of roads", "seg_id", "oci", "seg_length_ft"),
    _table("city/upkeep", "trees", "boomsoort", "plantjaar"),
    _table("city/upkeep", "areas in public space (BGT)", "identificatie", "bgtplustype", "bronhouder"),
    _table("service/products", "the uniform list of products (UPL)", "UniformeProductnaam", "URI"),
    _table("service/products", "subjects of the Single Digital Gateway", "SDG_Code", "SDG_Informatiegebied"),
    Awaited("service/products", "texts of products (SDG)", says=(b"sdgapi",), columns=frozenset({"results", "count"})),
    Awaited("service/products", "municipalities by their OWMS name", says=(b'name="overheid:Gemeente"',)),
    _table("service/assistant", "a meeting of the council", "creation_date", "announcement", "documents"),
    _table("voice/projects", "remarks of residents on a map", "thema", "gebied", "omschrijving"),
    _table("voice/projects", "neighbourhood budgets", "file", "num_projects", "num_votes_meta"),
    Awaited("voice/projects", "a neighbourhood budget (Pabulib)", starts=(b"META\n", b"META\r\n")),
    _table("voice/conversations", "remarks in a conversation", "comment-id", "author-id", "comment-body"),
    _table("voice/conversations", "votes in a conversation", "comment-id", "voter-id", "vote"),
    _table("voice/conversations", "votes per participant", "participant", "group-id", "n-votes"),
    Awaited("voice/conversations", "summary of a conversation", starts=(b"topic,",), says=(b"pol.is",)),
    _table("steering/safety", "kinds of crime", "delict_code", "naam_nl"),
    _table("steering/safety", "areas of the police", "area_code", "area_name", "district_code"),
    _table("steering/safety", "districts of the police", "district_code", "name"),
    _table("steering/safety", "crimes by place and moment", "uid", "date_single", "location_type"),
    _table("steering/safety", "calls to the police", "category", "call_group", "final_case"),
    _table("steering/outreach", "payments in arrears", "client_id", "LIMIT_BAL", "PAY_0"),
    _table("trust/inclusion", "persons of a census, to test for fairness", "household_position", "citizenship"),
    _table("trust/algorithms", "the algorithm register", "doel", "impactassessment", "organisatie"),
    _table("trust/algorithms", "what a model looks at", "feature", "datatype", "relative_importance"),
    _table("foundation/geo", "borders of buurten, of a year that is not told", "BU_CODE", "BU_NAAM", "GM_CODE"),
    _table("city/sensing", "places of stations by name only", "station", "lon", "lat", "components"),
    _table("foundation/geo", "municipalities by their CBS key", "odata.metadata", "value"),
)  # fmt: skip


def awaited(path: Path) -> Awaited | None:
    """Find the kind of a file that no room uses yet; None when nobody knows it.

    Raises FileRefused, OSError.
    """
    try:
        head = files.head_of(path)
    except SeveralFiles:
        head = b""
    for kind in KINDS:
        if (kind.members or head) and kind.fits(path, head):
            return kind
    return None
