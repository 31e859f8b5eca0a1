"""Cuts text into words: Chinese by jieba's dictionary and ours, everything else by pattern.

The HMM is off: it guesses words that no dictionary holds, and jieba (Python) and rjieba (Rust) guess alike on 39 % of
texts only (6,000 measured). Without it they cut all texts of ``data/`` alike (3,708 tickets). For that, three
differences between them are kept out: what counts as Chinese (only Han that both know is handed over), the total of all
frequencies (see ``_jieba``), and the frequencies each would suggest for new words (ours are explicit).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from triage.datafile import suggest
from triage.errors import DataFileError, SettingsError
from triage.language.regexp import lazy
from triage.language.text import Normalised, normalise

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

TERMS = Path(__file__).parent / "zh_terms.txt"
ENGINES = ("auto", "jieba", "rjieba")

_Cut = Callable[[str], list[str]]

# Letters, digits and "_" of the alphabets; CJK, kana and Hangul begin at U+2E80.
_WORD = r"[^\W\u2e80-\U0010ffff]+"
# A comma always splits ("1002,1003" are two codes), and so does a slash between words ("iOS/Android").
# matches "推流", "4.6.1-beta.2", "v11.8.1", "10:05", "-3301", "onError", "don't", "c++", "https://a.cn/x?y=1" as one
# piece each; does not match "卡顿 30%" or "ios/android" as one
_PIECE = lazy(
    r"(?P<han>[\u4e00-\u9fd5]+)"
    r"|[a-z]{2,6}://[!#-&(-;=?-~]*[a-z0-9_/=]"
    r"|c(?:\+\+|#)(?!\w)"
    rf"|(?:-(?=\d))?{_WORD}(?:[.'@+-]{_WORD}|(?<=\d)[:/]\d+)*"
    r"|\S"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word: ``text`` as written, invisible characters left out; code points of the raw text, end excluded."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tokeniser:
    """Cuts texts into words; small, frozen and picklable, for the engine with its dictionary is built on first use.

    ``engine`` is rjieba, jieba, or auto (rjieba if there). Raises SettingsError for another name.
    """

    engine: Literal["auto", "jieba", "rjieba"] = "auto"

    def __post_init__(self) -> None:
        """Refuses an engine that does not exist."""
        if self.engine not in ENGINES:
            raise SettingsError(f'engine "{self.engine}" is not known; {suggest(self.engine, ENGINES)}')

    def cut(self, text: str) -> list[Token]:
        """The words of a text in its order, white space left out; an empty text has none.

        The cut is made on the normalised form, so that 斷線重連 is one word like 断线重连. Raises SettingsError when
        there is Chinese to cut and no engine installed.
        """
        normal = normalise(text)
        tokens = []
        for word, start in self._words(normal.text):
            end = start + len(word)
            places = range(start, end) if normal.offsets is None else normal.offsets[start:end]
            tokens.append(Token("".join([text[place] for place in places]), *normal.raw_span(start, end)))
        return tokens

    def words(self, normal: Normalised) -> Iterator[tuple[str, int, int]]:
        """The words of a normalised text as they stand there, each with its start and end in the raw one.

        What a model asks for: without a ``Token`` a word, a text is cut in two thirds of the time.
        """
        if normal.offsets is None:
            return ((word, start, start + len(word)) for word, start in self._words(normal.text))
        return ((word, *normal.raw_span(start, start + len(word))) for word, start in self._words(normal.text))

    def _words(self, text: str) -> Iterator[tuple[str, int]]:
        cut = None
        for piece in _PIECE.finditer(text):
            start, whole = piece.start(), piece.group()
            if piece.lastgroup is None:
                yield whole, start
                continue
            # The engine is made ready by the first Chinese in a text.
            cut = cut or _cut_of(self.engine)
            for word in cut(whole):
                yield word, start
                start += len(word)


@dataclass(slots=True)
class SpacyTokeniser:
    """Our words as a spaCy tokenizer: ``doc.text`` is the text given, white space and invisible characters included."""

    vocab: "Vocab"
    tokeniser: Tokeniser = field(default_factory=Tokeniser)

    def __call__(self, text: str) -> "Doc":
        """The text as a Doc; an empty text gives an empty Doc."""
        from spacy.tokens import Doc

        words, spaces = _words_and_spaces(text, self.tokeniser.cut(text))
        return Doc(self.vocab, words=words, spaces=spaces)

    # spaCy writes and reads every part of a pipeline; there is nothing of ours to keep.
    def to_bytes(self, **_: Any) -> bytes:
        """Nothing: the dictionary comes with triage."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> Self:
        """Itself."""
        return self

    def to_disk(self, _path: Path, **_: Any) -> None:
        """Writes nothing."""

    def from_disk(self, _path: Path, **_: Any) -> Self:
        """Itself."""
        return self


def _words_and_spaces(text: str, tokens: Sequence[Token]) -> tuple[list[str], list[bool]]:
    """What spaCy builds a Doc from: one space after a word is the word's, all else between words is a word itself."""
    words: list[str] = []
    spaces: list[bool] = []
    position = 0
    for start, end in [*((token.start, token.end) for token in tokens), (len(text), len(text))]:
        gap = text[position:start]
        if words and gap.startswith(" "):
            spaces[-1], gap = True, gap[1:]
        for word in (gap, text[start:end]):
            if word:
                words.append(word)
                spaces.append(False)
        position = end
    return words, spaces


@lru_cache(maxsize=1)
def load_terms(path: Path = TERMS) -> Mapping[str, int]:
    """The domain's terms in normalised form, each with its frequency.

    Raises DataFileError with path and line for a line that is not ``term frequency``, or a term that comes twice.
    """
    terms: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        term, _, frequency = line.strip().rpartition(" ")
        if not term or not (frequency.isascii() and frequency.isdigit()) or int(frequency) < 1:
            raise DataFileError(f'{path}:{number}: "{line}" is not a term and its frequency; write 推流 300')
        term = normalise(term).text
        if term in terms:
            raise DataFileError(f'{path}:{number}: "{term}" stands here a second time; keep one')
        terms[term] = int(frequency)
    return terms


@lru_cache(maxsize=3)
def _cut_of(engine: str) -> _Cut:
    """The cutting function of an engine, its dictionary loaded: 0.2 s for rjieba, 1 s for jieba, once a process."""
    if engine == "rjieba":
        return _rjieba()
    if engine == "jieba":
        return _jieba()
    try:
        return _rjieba()
    except SettingsError:
        return _jieba()


def _rjieba() -> _Cut:
    try:
        import rjieba
    except ModuleNotFoundError as cause:
        raise SettingsError('engine "rjieba" is not installed; install triage[fast]') from cause
    # Before 0.2.2 it takes no words of ours, and would cut 推流 in two.
    if not hasattr(rjieba, "add_word"):
        raise SettingsError('engine "rjieba" is too old to take our terms; update it to 0.2.2 or newer')
    # The module's own dictionary, which its import loads anyway: one of ours would cost another 0.1 s a start.
    for term, frequency in load_terms().items():
        rjieba.add_word(term, frequency, None)
    return lambda run: list(rjieba.cut(run, False))


def _jieba() -> _Cut:
    import warnings

    try:
        with warnings.catch_warnings():
            # pkg_resources, which it prefers to plain open(), calls itself deprecated on stderr.
            warnings.simplefilter("ignore")
            import jieba
    except ModuleNotFoundError as cause:
        raise SettingsError(
            "Chinese text is cut by jieba or rjieba and neither is installed; install triage[fast]"
        ) from cause
    engine = jieba.Tokenizer()
    # Not initialize(): that trusts and writes a cache in the shared /tmp, and is no faster (0.9 s against 0.8 s).
    with engine.get_dict_file() as dictionary:
        engine.FREQ, engine.total = engine.gen_pfdict(dictionary)
    engine.initialized = True
    for term, frequency in load_terms().items():
        # jieba counts a word that it knew already twice in its total, rjieba does not; the total decides close calls.
        engine.total -= engine.FREQ.get(term) or 0
        engine.add_word(term, frequency)
    return lambda run: list(engine.cut(run, HMM=False))
