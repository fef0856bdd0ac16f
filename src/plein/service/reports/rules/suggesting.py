"""Suggest a category for a text: words and parts of words, hashed, with linear weights and a calibrated certainty.

Nothing here learns (see learning.py); a suggestion takes under a millisecond and a few megabytes, and needs numpy only.
"""

import io
import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
LONGEST = 4_000  # characters of a text that are looked at
PARTS = (3, 4, 5)  # lengths of parts of words
OVERALL = "*"

_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category with how certain it is, 0 to 1; is_sure: certain enough to fill in beforehand."""

    category: str
    certainty: float
    is_sure: bool = False


def words_of(text: str) -> list[str]:
    """Split a text into words: small letters without accents, numbers as their first figure and length."""
    plain = unicodedata.normalize("NFKD", _ADDRESS.sub(" ", text[:LONGEST]).lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [f"0{len(word)}" if word.isdigit() else word for word in _WORD.findall(plain)]


def _hash(kind: str, feature: str) -> int:
    return zlib.crc32(f"{kind}{feature}".encode())


def features_of(text: str) -> tuple[Counter[int], Counter[int]]:
    """Count the hashed words and pairs of words of a text, and the hashed parts of its words."""
    words = words_of(text)
    whole = Counter(_hash("w", word) for word in words)
    whole.update(_hash("p", f"{first} {second}") for first, second in pairwise(words))
    parts: Counter[int] = Counter()
    for word in words:
        edged = f"<{word}>"
        for length in PARTS:
            for start in range(len(edged) - length + 1):
                parts[_hash("c", edged[start : start + length])] += 1
    return whole, parts


def weighed(counts: Counter[int], hashes: NDArray[np.uint32], idf: Array) -> tuple[NDArray[np.int64], Array]:
    """Give the rows of the known features in a text, with their weights (1 + log tf) idf, of length 1 together."""
    if not counts or not len(hashes):
        return np.empty(0, np.int64), np.empty(0, np.float32)
    asked = np.fromiter(counts.keys(), np.uint32, len(counts))
    times = np.fromiter(counts.values(), np.float32, len(counts))
    rows = np.minimum(np.searchsorted(hashes, asked), len(hashes) - 1)
    known = hashes[rows] == asked
    rows, values = rows[known], (1 + np.log(times[known])) * idf[rows[known]]
    length = float(np.sqrt((values**2).sum()))
    return rows, (values / length if length else values).astype(np.float32)


def softmax(scores: NDArray[Any]) -> Array:
    """Turn scores into shares that add up to one, per row."""
    lifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Array = lifted / lifted.sum(axis=-1, keepdims=True)
    return shares


@dataclass(frozen=True)
class Suggester:
    """What was learned.

    categories: (k,) slugs. hashes: (n,) ascending. idf: (n,). weights: (n, k). bias: (k,).
    temperatures, thresholds: per language, and "*" for any: by what to divide scores, and from what certainty on a
    suggestion is sure.
    """

    categories: Sequence[str]
    hashes: NDArray[np.uint32]
    idf: Array
    weights: NDArray[np.float16] | Array
    bias: Array
    temperatures: Mapping[str, float]
    thresholds: Mapping[str, float]

    def scores(self, text: str) -> Array:
        """Give the score of each category: (k,)."""
        found: Array = self.bias.astype(np.float32)
        for counts in features_of(text):
            rows, values = weighed(counts, self.hashes, self.idf)
            if len(rows):
                found = found + values @ self.weights[rows].astype(np.float32)
        return found

    def threshold(self, language: str) -> float:
        """Give from what certainty on a suggestion is sure, in a language."""
        return self.thresholds.get(language[:2], self.thresholds.get(OVERALL, 1.0))

    def suggest(self, text: str, *, language: str = "nl", most: int = 5) -> list[Suggestion]:
        """Give the likeliest categories, most certain first; none for a text without words."""
        if not words_of(text):
            return []
        scores = self.scores(text) / self.temperatures.get(language[:2], self.temperatures.get(OVERALL, 1.0))
        shares, least = softmax(scores), self.threshold(language)
        best = np.argsort(-shares, kind="stable")[:most]
        return [Suggestion(self.categories[i], float(shares[i]), bool(shares[i] >= least)) for i in best]

    def to_bytes(self) -> bytes:
        """Write it compactly: the weights as 16-bit numbers."""
        said = {
            "categories": list(self.categories),
            "temperatures": dict(self.temperatures),
            "thresholds": dict(self.thresholds),
        }
        file = io.BytesIO()
        np.savez_compressed(
            file,
            said=np.frombuffer(json.dumps(said).encode(), np.uint8),
            hashes=self.hashes,
            idf=self.idf.astype(np.float16),
            weights=self.weights.astype(np.float16),
            bias=self.bias.astype(np.float32),
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Suggester":
        """Read what `to_bytes` wrote."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            return cls(
                said["categories"],
                arrays["hashes"],
                arrays["idf"].astype(np.float32),
                arrays["weights"],
                arrays["bias"],
                said["temperatures"],
                said["thresholds"],
            )
