"""The catalogue in DCAT-AP-NL 3.0, with what the regulation on high-value datasets asks (DCAT-AP HVD 3.0).

Codes of shared lists get their type and label in the graph, so that a validator needs nothing from elsewhere.
Sources: https://docs.geostandaarden.nl/dcat/dcat-ap-nl30/ and https://semiceu.github.io/DCAT-AP/releases/3.0.0-hvd/
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from plein.foundation.words import Text
from plein.insight.opendata.queries.formats import FORMATS, Format
from plein.insight.opendata.queries.products import Listed
from plein.insight.opendata.rules import vocabularies as words

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

NOTATIONS = {
    "ttl": ("turtle", "text/turtle"),
    "jsonld": ("json-ld", "application/ld+json"),
    "rdf": ("xml", "application/rdf+xml"),
}
IANA = "http://www.iana.org/assignments/media-types/"
MOST_KEPT = 6
TOOI = "https://identifier.overheid.nl/tooi/id/gemeente/"
MORE_PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcatap": "http://data.europa.eu/r5r/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "eli": "http://data.europa.eu/eli/ontology#",
}


@dataclass(frozen=True)
class Publisher:
    """Who publishes: base address of this Plein without a slash at the end, name, CBS code or "", e-mail address."""

    base: str
    name: str
    gemeente: str
    email: str

    @property
    def iri(self) -> str:
        """Name the publisher: as TOOI does when it is a real municipality."""
        return f"{TOOI}{self.gemeente.lower()}" if self.gemeente else f"{self.base}/#publisher"


def write(products: Sequence[Listed], publisher: Publisher, notation: str) -> bytes:
    """Write the catalogue in a notation ("ttl", "jsonld", "rdf"); remembered until a product changes."""
    key = (tuple(stamp(product) for product in products), publisher, notation)
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = bytes(graph(products, publisher).serialize(format=NOTATIONS[notation][0], encoding="utf-8"))
    return _kept[key]


_kept: dict[tuple[tuple[tuple[str, int, str], ...], Publisher, str], bytes] = {}


def stamp(product: Listed) -> tuple[str, int, str]:
    """Give what changes when the description of a product changes."""
    return (product.key, product.number, product.contract.version)


def graph(products: Sequence[Listed], publisher: Publisher) -> "Graph":
    """Make the graph of the whole catalogue."""
    made = _Writer(publisher)
    made.catalogue(products)
    for product in products:
        made.dataset(product)
    return made.graph


class _Writer:
    """A graph under way. rdflib is imported here and nowhere at start."""

    def __init__(self, publisher: Publisher) -> None:
        from rdflib import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, SKOS, XSD, Graph, Namespace

        self.graph = Graph(bind_namespaces="core")
        self.dct, self.dcat, self.foaf, self.prov = DCTERMS, DCAT, FOAF, PROV
        self.rdf, self.rdfs, self.skos, self.xsd = RDF, RDFS, SKOS, XSD
        for prefix, address in MORE_PREFIXES.items():
            setattr(self, prefix, Namespace(address))
            self.graph.bind(prefix, address)
        for prefix, space in (("dct", DCTERMS), ("dcat", DCAT), ("foaf", FOAF), ("prov", PROV), ("skos", SKOS)):
            self.graph.bind(prefix, space, override=True, replace=True)
        self.publisher = publisher
        self.base = publisher.base
        self.agent = self.iri(publisher.iri)
        self._agent()

    # -- small parts

    def iri(self, address: str) -> "URIRef":
        from rdflib import URIRef

        return URIRef(address)

    def add(self, subject: Any, predicate: Any, *values: Any) -> None:
        for value in values:
            if value is not None:
                self.graph.add((subject, predicate, value))

    def said(self, subject: Any, predicate: Any, text: Text) -> None:
        """Add a text in both languages."""
        from rdflib import Literal

        for language, written in (("nl", text.nl), ("en", text.en)):
            if written:
                self.graph.add((subject, predicate, Literal(written, lang=language)))

    def literal(self, value: Any, kind: Any = None) -> Any:
        from rdflib import Literal

        return Literal(value, datatype=kind)

    def moment(self, at: datetime | None) -> Any:
        return None if at is None else self.literal(at.isoformat(timespec="seconds"), self.xsd.dateTime)

    def code(self, listed: str, code: str, label: Text | None = None, kind: Any = None) -> Any:
        """Name a code of a shared list, with its type and label."""
        found = self.iri(code if code.startswith("http") else f"{words.AUTHORITY}/{listed}/{code}")
        self.add(found, self.rdf.type, self.skos.Concept, kind)
        if listed:
            scheme = self.iri(f"{words.AUTHORITY}/{listed}" if not listed.startswith("http") else listed)
            self.add(scheme, self.rdf.type, self.skos.ConceptScheme)
            self.said(scheme, self.skos.prefLabel, Text(listed, listed))
            self.said(scheme, self.dct.title, Text(listed, listed))
            self.add(found, self.skos.inScheme, scheme)
        self.said(found, self.skos.prefLabel, label or Text(code, code))
        return found

    def licence(self, product: Listed) -> Any:
        licence = words.licence_of(product.contract.licence, product.contract.openness)
        found = self.iri(licence.iri)
        self.add(found, self.rdf.type, self.dct.LicenseDocument)
        self.add(found, self.dct.title, self.literal(licence.title))
        return found

    def law(self) -> Any:
        """Name the regulation on high-value datasets."""
        law = self.iri(words.HVD_LAW)
        self.add(law, self.rdf.type, self.eli.LegalResource)  # type: ignore[attr-defined]
        return law

    def page(self, address: str) -> Any:
        page = self.iri(address)
        self.add(page, self.rdf.type, self.foaf.Document)
        return page

    def languages(self, subject: Any) -> None:
        for code, label in (("NLD", Text("Nederlands", "Dutch")), ("ENG", Text("Engels", "English"))):
            self.add(subject, self.dct.language, self.code("language", code, label, self.dct.LinguisticSystem))

    # -- who

    def _agent(self) -> None:
        publisher = self.publisher
        self.add(self.agent, self.rdf.type, self.foaf.Agent)
        self.add(self.agent, self.foaf.name, self.literal(publisher.name))
        kind = self.code(
            "", "http://purl.org/adms/publishertype/LocalAuthority", Text("Lokale overheid", "Local authority")
        )
        self.add(self.agent, self.dct.type, kind)
        self.contact = self.iri(f"{publisher.base}/data/#contact")
        vcard: Any = self.vcard  # type: ignore[attr-defined]
        self.add(self.contact, self.rdf.type, vcard.Kind, vcard.Organization)
        self.add(self.contact, vcard.fn, self.literal(publisher.name))
        self.add(self.contact, vcard.hasEmail, self._resource(f"mailto:{publisher.email}"))
        self.add(self.contact, vcard.hasURL, self._resource(f"{publisher.base}/data/"))
        self.place = self.iri(publisher.iri if publisher.gemeente else f"{publisher.base}/#place")
        self.add(self.place, self.rdf.type, self.dct.Location)
        self.add(self.place, self.skos.prefLabel, self.literal(publisher.name))

    def shared(self, subject: Any) -> None:
        """Add what catalogue, datasets and services have in common."""
        self.add(subject, self.dct.publisher, self.agent)
        self.add(subject, self.dct.creator, self.agent)
        self.add(subject, self.dcat.contactPoint, self.contact)
        self.languages(subject)

    # -- what

    def catalogue(self, products: Sequence[Listed]) -> None:
        """Describe the catalogue itself."""
        name = self.publisher.name
        me = self.iri(f"{self.base}/data/#catalogue")
        self.add(me, self.rdf.type, self.dcat.Catalog)
        self.said(me, self.dct.title, Text(f"Databronnen van {name}", f"Data products of {name}"))
        about = Text(
            f"Alle databronnen van {name}: open, gedeeld en gesloten, met hun afspraken.",
            f"All data products of {name}: open, shared and closed, with what was agreed about them.",
        )
        self.said(me, self.dct.description, about)
        self.add(me, self.foaf.homepage, self.page(f"{self.base}/data/"))
        self.add(me, self.dct.license, self._catalogue_licence())
        self.add(me, self.dct.spatial, self.place)
        themes = self.iri(f"{words.AUTHORITY}/data-theme")
        self.add(themes, self.rdf.type, self.skos.ConceptScheme)
        self.add(me, self.dcat.themeTaxonomy, themes)
        self.shared(me)
        moments = sorted(product.published_at for product in products if product.published_at)
        if moments:
            self.add(me, self.dct.modified, self.moment(moments[-1]))
        for product in products:
            self.add(me, self.dcat.dataset, self.dataset_iri(product))
            if product.formats:
                self.add(me, self.dcat.service, self.service_iri(product))

    def _catalogue_licence(self) -> Any:
        licence = self.iri(words.LICENCES["CC0-1.0"].iri)
        self.add(licence, self.rdf.type, self.dct.LicenseDocument)
        return licence

    def dataset_iri(self, product: Listed) -> Any:
        return self.iri(f"{self.base}/data/{product.key}/#dataset")

    def service_iri(self, product: Listed) -> Any:
        return self.iri(f"{self.base}/data/{product.key}/#service")

    def dataset(self, product: Listed) -> None:
        """Describe a product, its downloads and its interface."""
        agreed = product.contract
        me = self.dataset_iri(product)
        self.add(me, self.rdf.type, self.dcat.Dataset)
        self.said(me, self.dct.title, agreed.title)
        self.said(me, self.dct.description, agreed.description)
        self.add(me, self.dct.identifier, self.literal(f"{self.base}/data/{product.key}/"))
        self.add(me, self.dct.accessRights, self._access(product))
        self.add(me, self.dcat.theme, self._theme(product))
        self.add(me, self.dcat.landingPage, self.page(f"{self.base}/data/{product.key}/"))
        self.add(me, self.dct.spatial, self.place)
        self._explained(me, product)
        self.shared(me)
        self._moments(me, product)
        self._high_value(me, product)
        for key in product.formats:
            self.add(me, self.dcat.distribution, self.distribution(product, FORMATS[key]))
        if product.formats:
            self.service(product)

    def _explained(self, me: Any, product: Listed) -> None:
        """Add keywords, the page for people, and the contract that the rows keep."""
        theme = words.THEMES[words.theme_of(product.contract.theme)]
        for keyword in product.contract.keywords or (theme.nl.lower(),):
            self.said(me, self.dcat.keyword, Text(keyword, ""))
        self.add(me, self.foaf.page, self.page(f"{self.base}/data/{product.key}/"))
        self.add(me, self.dct.conformsTo, self._standard(f"{self.base}/api/data/v1/products/{product.key}/contract"))

    def _standard(self, address: str) -> Any:
        standard = self.iri(address)
        self.add(standard, self.rdf.type, self.dct.Standard)
        return standard

    def _access(self, product: Listed) -> Any:
        openness = product.contract.openness
        label = words.OPENNESS[openness]
        return self.code("access-right", words.ACCESS[openness], label, self.dct.RightsStatement)

    def _theme(self, product: Listed) -> Any:
        theme = words.theme_of(product.contract.theme)
        return self.code("data-theme", theme, words.THEMES[theme])

    def _moments(self, me: Any, product: Listed) -> None:
        """Say which version this is, since when, and how often there is a new one."""
        frequency = words.frequency_of(product.contract.frequency)
        if frequency:
            code, label = frequency
            self.add(me, self.dct.accrualPeriodicity, self.code("frequency", code, label, self.dct.Frequency))
        if product.contract.source.nl:
            statement = self.iri(f"{self.base}/data/{product.key}/#source")
            self.add(statement, self.rdf.type, self.dct.ProvenanceStatement)
            self.said(statement, self.rdfs.label, product.contract.source)
            self.add(me, self.dct.provenance, statement)
        if product.number:
            self.add(me, self.iri("http://www.w3.org/ns/dcat#version"), self.literal(str(product.number)))
            self.add(me, self.dct.modified, self.moment(product.published_at))
        status = "COMPLETED" if product.number else "DEVELOP"
        label = Text("Beschikbaar", "Available") if product.number else Text("In ontwikkeling", "In development")
        adms: Any = self.adms  # type: ignore[attr-defined]
        self.add(me, adms.status, self.code("dataset-status", status, label))

    def _high_value(self, subject: Any, product: Listed) -> None:
        """Say that it is a high-value dataset, of which category, by which law."""
        category = product.contract.hvd
        if not category:
            return
        dcatap: Any = self.dcatap  # type: ignore[attr-defined]
        label = words.HVD_CATEGORIES.get(category)
        self.add(subject, dcatap.hvdCategory, self.code("http://data.europa.eu/bna/asd487ae75", category, label))
        self.add(subject, dcatap.applicableLegislation, self.law())

    def distribution(self, product: Listed, wanted: Format) -> Any:
        """Describe a download."""
        download = f"{self.base}/api/data/v1/products/{product.key}/download/{wanted.key}"
        me = self.iri(f"{self.base}/data/{product.key}/#{wanted.key}")
        title = Text(
            f"{product.contract.title.nl} als {wanted.title}", f"{product.contract.title.en} as {wanted.title}"
        )
        self.add(me, self.rdf.type, self.dcat.Distribution)
        self.said(me, self.dct.title, title)
        self.said(me, self.dct.description, title)
        self.add(me, self.dcat.accessURL, self._resource(f"{self.base}/data/{product.key}/"))
        self.add(me, self.dcat.downloadURL, self._resource(download))
        self.add(me, self.dct.license, self.licence(product))
        self.add(me, self.dct.format, self.code("file-type", wanted.eu, None, self.dct.MediaTypeOrExtent))
        self.add(me, self.dct.conformsTo, self._standard(wanted.standard))
        media = self.iri(f"{IANA}{wanted.media}")
        self.add(media, self.rdf.type, self.dct.MediaType)
        self.add(me, self.dcat.mediaType, media)
        self.add(me, self.dct.modified, self.moment(product.published_at))
        rights = self.iri(f"{self.base}/data/{product.key}/#rights")
        self.add(rights, self.rdf.type, self.dct.RightsStatement)
        self.said(rights, self.rdfs.label, Text("Iedereen mag dit gebruiken.", "Everyone may use this."))
        self.add(me, self.dct.rights, rights)
        self.add(me, self.dcat.accessService, self.service_iri(product))
        available = self.code("planned-availability", "STABLE", Text("Blijvend", "Stable"))
        self.add(me, self.dcatap.availability, available)  # type: ignore[attr-defined]
        self.languages(me)
        if product.contract.hvd:
            self.add(me, self.dcatap.applicableLegislation, self.law())  # type: ignore[attr-defined]
        return me

    def _resource(self, address: str) -> Any:
        resource = self.iri(address)
        self.add(resource, self.rdf.type, self.rdfs.Resource)
        return resource

    def service(self, product: Listed) -> None:
        """Describe the interface of a product."""
        agreed = product.contract
        me = self.service_iri(product)
        self.add(me, self.rdf.type, self.dcat.DataService)
        self.said(me, self.dct.title, Text(f"API van {agreed.title.nl}", f"API of {agreed.title.en}"))
        self.said(me, self.dct.description, agreed.description)
        self.add(me, self.dct.identifier, self.literal(f"{self.base}/api/data/v1/products/{product.key}"))
        self.add(me, self.dcat.endpointURL, self._resource(f"{self.base}/api/data/v1/products/{product.key}"))
        self.add(me, self.dcat.endpointDescription, self._resource(f"{self.base}/api/data/v1/openapi.json"))
        self.add(me, self.dcat.landingPage, self.page(f"{self.base}/data/{product.key}/"))
        self._explained(me, product)
        self.add(me, self.dcat.servesDataset, self.dataset_iri(product))
        self.add(me, self.dct.accessRights, self._access(product))
        self.add(me, self.dct.license, self.licence(product))
        self.add(me, self.dcat.theme, self._theme(product))
        self.shared(me)
        self._high_value(me, product)
