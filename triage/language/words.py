"""Words of a prose text as a model sees them, without a dictionary."""

from collections.abc import Iterator

from triage.language.regexp import lazy

# matches a Latin word, a run of digits, a run of Chinese, a question mark
_WORD = lazy("[a-z][a-z'_]{1,30}|[0-9]{1,12}|[\u4e00-\u9fff]{1,400}|[?!]")


def words_of(prose: str) -> Iterator[str]:
    """Chinese stretches of one to three characters, Latin words and pairs of them; every number is ``0``."""
    before = ""
    for found in _WORD.finditer(prose):
        word = found.group()
        if word[0] > "\u2e7f":
            before = ""
            length = len(word)
            for start in range(length):
                yield word[start]
                if start + 1 < length:
                    yield word[start : start + 2]
                if start + 2 < length:
                    yield word[start : start + 3]
            continue
        if word[0].isdigit():
            word = "0"
        yield word
        if before:
            yield f"{before} {word}"
        before = word
