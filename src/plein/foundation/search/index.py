"""The search index: one directory of tantivy, built anew from what rooms offer, swapped in whole.

Only what everyone may read goes in; rooms see to that in their `SearchSource`. Dutch and English have their own
stemmer, and words also match by their beginning, because Dutch glues words together (stikstof, stikstofdioxide).
"""

import shutil
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from plein.foundation.rooms import SearchSource, offers

LANGUAGES = {"nl": "dutch", "en": "english"}
TITLE_WEIGHT = 4.0
PREFIX_WEIGHT = 0.5
MEMORY_BYTES = 15_000_000
LONGEST_QUERY = 200

_held = threading.local()


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. marks: (start, end) places in `excerpt` where the words stand."""

    id: str
    kind: str
    url: str
    title: str
    excerpt: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the hits asked for, how many there are in all, and how many of each kind."""

    hits: list[Hit]
    total: int


def _folder() -> Path:
    return Path(settings.DATA) / "search"


def _analyzer(language: str | None) -> Any:
    """Cut text into words without capitals and accents; with a language, into their stems."""
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.remove_long(60))
    plain = builder.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())
    return plain.filter(tantivy.Filter.stemmer(LANGUAGES[language])).build() if language else plain.build()


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in ("id", "kind", "url"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw")
    for language, tokenizer in LANGUAGES.items():
        builder.add_text_field(f"title_{language}", stored=True, tokenizer_name=tokenizer)
        builder.add_text_field(f"text_{language}", stored=True, tokenizer_name=tokenizer)
        builder.add_text_field(f"words_{language}", stored=False, tokenizer_name="plain")
    return builder.build()


def _open(folder: Path) -> Any:
    import tantivy

    index = tantivy.Index(_schema(), path=str(folder))
    for language, name in LANGUAGES.items():
        index.register_tokenizer(name, _analyzer(language))
    index.register_tokenizer("plain", _analyzer(None))
    return index


def documents() -> Iterable[Mapping[str, str]]:
    """Walk everything the rooms offer to search."""
    for source in offers(SearchSource):
        yield from source.documents()


def rebuild(found: Iterable[Mapping[str, str]] | None = None, *, now: datetime) -> int:
    """Build the index anew beside the old one, then swap. Returns how many documents it holds."""
    import tantivy

    fresh = _folder() / f"index-{now:%Y%m%d%H%M%S%f}"
    fresh.mkdir(parents=True)
    writer = _open(fresh).writer(MEMORY_BYTES, 1)
    count = 0
    for document in documents() if found is None else found:
        fields = {key: [str(value)] for key, value in document.items()}
        words = {f"words_{lang}": [*fields[f"title_{lang}"], *fields[f"text_{lang}"]] for lang in LANGUAGES}
        writer.add_document(tantivy.Document(**fields, **words))
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    pointer = _folder() / "current.new"
    pointer.write_text(fresh.name, encoding="utf-8")
    pointer.replace(_folder() / "current")
    _forget_old(keep=fresh)
    return count


def _forget_old(*, keep: Path) -> None:
    """Remove indexes before the last two; a reader may still hold the one before."""
    old = sorted(path for path in _folder().glob("index-*") if path != keep)
    for path in old[:-1]:
        shutil.rmtree(path, ignore_errors=True)


def _current() -> Any | None:
    """Give the index in use, opened once per thread and version; None when none was built yet."""
    pointer = _folder() / "current"
    if not pointer.exists():
        return None
    folder = _folder() / pointer.read_text(encoding="utf-8")
    if getattr(_held, "folder", None) != folder:
        _held.index, _held.folder = _open(folder), folder
    return _held.index


def _word_query(schema: Any, word: str, language: str, terms: list[str]) -> Any:
    """Match a word by its stem or by its beginning, in title or text; long words forgive one wrong letter."""
    import tantivy

    should = tantivy.Occur.Should
    parts = []
    for field, weight in ((f"title_{language}", TITLE_WEIGHT), (f"text_{language}", 1.0)):
        for term in terms:
            exact = tantivy.Query.term_query(schema, field, term)
            parts.append((should, tantivy.Query.boost_query(exact, weight)))
    field, distance = f"words_{language}", int(len(word) > 5)
    forgiving = tantivy.Query.fuzzy_term_query(schema, field, word, distance=distance, prefix=True)
    parts.append((should, tantivy.Query.boost_query(forgiving, PREFIX_WEIGHT)))
    return tantivy.Query.boolean_query(parts)


def _query(schema: Any, text: str, language: str) -> Any | None:
    import tantivy

    analyzer = _analyzer(language)
    words = [word for word in _analyzer(None).analyze(text[:LONGEST_QUERY]) if len(word) > 1]
    if not words:
        return None
    parts = [_word_query(schema, word, language, analyzer.analyze(word)) for word in words]
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])


def search(text: str, *, language: str, limit: int = 20, offset: int = 0) -> Found:
    """Find what everyone may read. All words must occur; nothing is found with no words or before the first build."""
    import tantivy

    language = "en" if language.startswith("en") else "nl"
    index = _current()
    schema = _schema()
    query = _query(schema, text, language)
    if index is None or query is None:
        return Found([], 0)
    searcher = index.searcher()
    answer = searcher.search(query, limit, count=True, offset=offset)
    snippets = tantivy.SnippetGenerator.create(searcher, query, schema, f"text_{language}")
    hits = []
    for _score, place in answer.hits:
        document = searcher.doc(place)
        snippet = snippets.snippet_from_doc(document)
        fields = {name: values[0] for name, values in document.to_dict().items()}
        excerpt = snippet.fragment() or fields.get(f"text_{language}", "")[:160]
        marks = tuple((mark.start, mark.end) for mark in snippet.highlighted()) if snippet.fragment() else ()
        title = fields.get(f"title_{language}", "")
        hits.append(Hit(fields["id"], fields.get("kind", ""), fields["url"], title, excerpt, marks))
    return Found(hits, answer.count or 0)
