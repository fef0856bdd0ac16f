"""How hard a text reads, and which sentences its author should look at again. Pure.

Score: Flesch Reading Ease for English, 206.835 - 1.015 x words per sentence - 84.6 x syllables per word (R. Flesch, A
new readability yardstick, Journal of Applied Psychology 32, 1948), and its Dutch form by W.H. Douma, 206.84 - 0.93 x
words per sentence - 77 x syllables per word (De leesbaarheid van landbouwbladen, Wageningen, 1960). Both count
60 to 70 as ordinary; B1 asks for 60 and more. A score says nothing about order, tone or what the reader must do: it
only points, the author judges.

Sentences: at most 15 words is the house's rule (docs/understand/messages.md); long words, the passive and official
words are the other three things that Direct Duidelijk (Ministry of the Interior) and Taaltelefoon tell authors to
avoid. The lists are our own, and short: what municipalities write most.
"""

import re
from dataclasses import dataclass

MOST_WORDS = 15
LONGEST_WORD = {"nl": 16, "en": 14}
ENOUGH = 60
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TOKEN = re.compile(r"[^\s]*\w[^\s]*")
_END = re.compile(r"(?<=[.!?:])\s+|\n+")
_VOWELS_NL = re.compile(r"aai|ooi|oei|eeu|ieu|aa|ee|ie|oo|uu|oe|eu|ui|ij|ei|ou|au|[aeiouyäëïöüáàâéèêíóôúû]")
_VOWELS_EN = re.compile(r"[aeiouy]+")
_PASSIVE_NL = re.compile(
    r"\b(?:word|wordt|worden|werd|werden|geworden)\b|\b(?:is|zijn)\s(?:\w+\s){0,4}ge\w+(?:d|t|en)\sdoor\b"
)
_PASSIVE_EN = re.compile(
    r"\b(?:am|is|are|was|were|be|been|being)\s(?:\w+ly\s|not\s)*(?!solved|closed|needed|tired)(?:\w+ed|made|sent|done|given|taken|found|known|seen|put|"
    r"held|kept|paid|told|written)\b"
)
JARGON = {
    "nl": {
        "aangaande": "over",
        "alsmede": "en ook",
        "alvorens": "voordat",
        "betreffende": "over",
        "bezwaarschrift": "bezwaar",
        "conform": "volgens",
        "derhalve": "daarom",
        "desgewenst": "als u dat wilt",
        "dient": "moet",
        "dienen": "moeten",
        "doch": "maar",
        "echter": "maar",
        "gaarne": "graag",
        "helaas": "",
        "hierbij": "",
        "hieromtrent": "hierover",
        "indien": "als",
        "ingevolge": "volgens",
        "inzake": "over",
        "kennisgeving": "bericht",
        "krachtens": "volgens",
        "middels": "met",
        "mits": "als",
        "momenteel": "nu",
        "nadere": "meer",
        "nogmaals": "nog een keer",
        "omtrent": "over",
        "ondergetekende": "ik",
        "onderhavige": "deze",
        "onverwijld": "meteen",
        "reeds": "al",
        "schrijven": "brief",
        "tevens": "ook",
        "thans": "nu",
        "teneinde": "om",
        "terstond": "meteen",
        "trachten": "proberen",
        "uiterlijk": "niet later dan",
        "uitsluitend": "alleen",
        "vernemen": "horen",
        "verstrekken": "geven",
        "verzoeken": "vragen",
        "voornemens": "van plan",
        "voorts": "verder",
        "wegens": "door",
        "zulks": "dit",
    },
    "en": {
        "accordance": "",
        "additional": "more",
        "aforementioned": "this",
        "assistance": "help",
        "commence": "start",
        "concerning": "about",
        "endeavour": "try",
        "ensure": "make sure",
        "facilitate": "help",
        "hereby": "",
        "herewith": "",
        "notwithstanding": "although",
        "obtain": "get",
        "prior": "before",
        "pursuant": "under",
        "purchase": "buy",
        "regarding": "about",
        "require": "need",
        "shall": "will",
        "subsequently": "then",
        "terminate": "end",
        "therefore": "so",
        "unfortunately": "",
        "utilise": "use",
        "whereas": "while",
    },
}


@dataclass(frozen=True, slots=True)
class Remark:
    """What an author should look at in a sentence.

    code: "long", "long-word", "passive" or "jargon"; about: the number of words, or the word; better: what to write.
    """

    code: str
    sentence: str
    about: str
    better: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """How a text reads. score: None when there are too few words to tell; is_plain: enough, and no remarks."""

    score: int | None
    words: int
    sentences: int
    remarks: tuple[Remark, ...]

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing needs another look."""
        return not self.remarks and (self.score is None or self.score >= ENOUGH)


def sentences(text: str) -> list[str]:
    """Split a text into sentences; a line is never part of the sentence on the line before."""
    return [part.strip() for part in _END.split(text) if _WORD.search(part)]


def syllables(word: str, language: str) -> int:
    """Count syllables by their vowels, at least one: exact for most words, near for the others."""
    low = word.lower()
    if language == "nl":
        return max(1, len(_VOWELS_NL.findall(low)))
    found = len(_VOWELS_EN.findall(low))
    if low.endswith("e") and not low.endswith(("le", "ee")) and found > 1:
        found -= 1
    return max(1, found)


def score(text: str, language: str) -> int | None:
    """Give the score of a text, 0 to 100 and rounded; None under ten words.

    language: "nl" (Flesch-Douma) or "en" (Flesch).
    """
    words = _WORD.findall(text)
    if len(words) < 10:
        return None
    per_sentence = len(words) / max(1, len(sentences(text)))
    per_word = sum(syllables(word, language) for word in words) / len(words)
    if language == "nl":
        found = 206.84 - 0.93 * per_sentence - 77 * per_word
    else:
        found = 206.835 - 1.015 * per_sentence - 84.6 * per_word
    return max(0, min(100, round(found)))


def judge(text: str, language: str) -> Judged:
    """Judge a text: its score, and what to look at in each sentence."""
    found = sentences(text)
    remarks = [remark for sentence in found for remark in _remarks(sentence, language)]
    return Judged(score(text, language), len(_WORD.findall(text)), len(found), tuple(remarks))


def _remarks(sentence: str, language: str) -> list[Remark]:
    count = len(_TOKEN.findall(sentence))
    words = [word for word in _WORD.findall(sentence)]
    found = [Remark("long", sentence, str(count))] if count > MOST_WORDS else []
    found += [
        Remark("long-word", sentence, word)
        for word in words
        if len(word) > LONGEST_WORD[language] and "-" not in word and "{" not in word
    ]
    passive = (_PASSIVE_NL if language == "nl" else _PASSIVE_EN).search(sentence.lower())
    if passive:
        found.append(Remark("passive", sentence, passive[0]))
    known = JARGON[language]
    return found + [Remark("jargon", sentence, word, known[word.lower()]) for word in words if word.lower() in known]
