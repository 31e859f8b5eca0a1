"""How many are hit, read from words: a ratio, a count or an exact scope."""

import re

from triage.language.regexp import lazy

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_SUFFIXES = {**_UNITS, "k": 1000}
_ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "a": 1, "an": 1, "a dozen": 12,
    "a couple": 2, "hundred": 100, "a hundred": 100, "a thousand": 1000,
}  # fmt: skip
_SHARES = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}

# matches "30%", "2.1 percent"
_PERCENT = lazy(r"(\d{1,3}(?:\.\d{1,3})?)\s{0,1}(%|‰|percent|per cent)")
# matches "三成", "三成半", "3成"
_TENTHS = lazy(r"([一二两三四五六七八九\d])成([一二三四五六七八九半]?)")
# matches "百分之十五"
_PER_HUNDRED = lazy(r"百分之([零一二两三四五六七八九十百点几\d]{1,6})")
# matches "四分之一"
_PARTS_OF = lazy(r"([零一二两三四五六七八九十百\d]{1,4})分之([零一二两三四五六七八九十百\d]{1,4})")
# matches "十个里有两个", "10 台里有 3 台"
_OF_WHICH = lazy(
    r"([零一二两三四五六七八九十百千万\d,]{1,8})\s?(?:多|来|余)?\s?[^\d\s里中]?[^里中]{0,16}?[里中][^零一二两三四五六七八九十百千万\d]{0,8}([零一二两三四五六七八九十百千万\d,]{1,8})"
)
# matches "38 间教室卡了 29 间", "20 间有 7 间"
_OF_WHICH_HIT = lazy(
    r"([零一二两三四五六七八九十百千\d,]{1,8})\s?(?:多|来|余)?\s?[^\d\s/][^里中\d/]{0,10}?(?:卡|掉|断|少|错|丢|坏|停|挂|黑|失败|中断|有|漏|崩|死)[^零一二两三四五六七八九十百千\d/]{0,6}([零一二两三四五六七八九十百千\d,]{1,8})"
)
# matches "1,912 / 4805"
_FRACTION = lazy(r"(\d{1,6})\s?[^\d\s/]?\s?/\s?(?:共|总共|总计|总)?\s?(\d{1,6})")
_EN_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9}|" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + ")"
# matches "4 of 10", "one in five", "1 call in 25"
_EN_OF = lazy(
    rf"\b({_EN_NUMBER}) (?:[a-z]{{3,14}} )?(?:out of|of|in|from) (?:every |each |about |the |our |my |all |a )?({_EN_NUMBER})\b"
)
# matches "two thirds"
_EN_SHARE = lazy(r"(?:(a|one|two|three) )?(half|third|quarter|fifth|tenth)s?\b")


def read_number(text: str) -> float | None:
    """The number that digits or Chinese numerals write (十五 is 15, 两百 is 200); None for 几, which is no number."""
    text = text.replace(",", "").strip()
    if not text:
        return None
    if text in _ENGLISH:
        return float(_ENGLISH[text])
    if re.fullmatch(r"\d{1,9}(?:\.\d{1,3})?", text):
        return float(text)
    if "点" in text:
        whole, _, rest = text.partition("点")
        head = read_number(whole)
        if head is None or not rest or any(char not in _DIGITS for char in rest):
            return None
        return head + float("0." + "".join(str(_DIGITS[char]) for char in rest))
    return _chinese_number(text)


def _chinese_number(text: str) -> float | None:
    total, part, digit = 0, 0, 0
    for char in text:
        if char.isdigit() and char.isascii():
            digit = digit * 10 + int(char)
        elif char in _DIGITS:
            digit = _DIGITS[char]
        elif char == "万":
            total, part, digit = (total + part + digit or 1) * 10000, 0, 0
        elif char in _UNITS:
            part, digit = part + (digit or 1) * _UNITS[char], 0
        else:
            return None
    return float(total + part + digit)


def read_ratio(text: str) -> float | None:
    """The share, 0-1, that a phrase states; None where it names no measurable one (大部分)."""
    for read in (_percent, _tenths, _parts, _which):
        ratio = read(text)
        if ratio is not None:
            return round(ratio, 4) if 0 <= ratio <= 1 else None
    return 0.5 if re.search(r"一半|半数|一大?半", text) else None


def _percent(text: str) -> float | None:
    if found := _PERCENT.search(text):
        return float(found[1]) / (1000 if found[2] == "‰" else 100)
    if found := _PER_HUNDRED.search(text):
        number = read_number(found[1])
        return None if number is None else number / 100
    return None


def _tenths(text: str) -> float | None:
    if not (found := _TENTHS.search(text)):
        return None
    tens = read_number(found[1]) or 0
    rest = 5 if found[2] == "半" else (read_number(found[2]) or 0) if found[2] else 0
    return tens / 10 + rest / 100


def _parts(text: str) -> float | None:
    if found := _PARTS_OF.search(text):
        return _quotient(found[2], found[1])
    if found := _EN_OF.search(text):
        return _quotient(found[1], found[2])
    if found := _EN_SHARE.search(text):
        return _SHARES[found[2]] * (_ENGLISH[found[1]] if found[1] and found[2] != "half" else 1)
    return None


def _which(text: str) -> float | None:
    if found := _OF_WHICH.search(text):
        return _quotient(found[2], found[1])
    if found := _OF_WHICH_HIT.search(text):
        return _quotient(found[2], found[1])
    if found := _FRACTION.search(text):
        return _quotient(found[1], found[2])
    return None


def _quotient(part: str, whole: str) -> float | None:
    upper, lower = read_number(part), read_number(whole)
    return upper / lower if upper is not None and lower else None


# matches the number in "约 200 多人", "十二个账号", "1,200 users"
_COUNT = lazy(
    r"(\d{1,3}(?:,\d{3}){1,3}|\d{1,9}(?:\.\d{1,2})?|[零一二两三四五六七八九十百千万]{1,8})\s{0,1}(?:多|来|余|几)?\s{0,1}(万|千|百|k\b)?"
)
_EN_COUNT = lazy(rf"\b({_EN_NUMBER})\b")


def read_count(text: str) -> int | None:
    """How many a phrase counts; None where the word gives only an order (几百, dozens)."""
    if found := _COUNT.search(text):
        number = read_number(found[1])
        return None if number is None else int(number * _SUFFIXES.get(found[2] or "", 1))
    if found := _EN_COUNT.search(text):
        number = read_number(found[1])
        return None if number is None else int(number)
    return None


def scope_of(text: str) -> str:
    """``all``, ``one``, ``none`` (no real user) or ``test`` (no real user yet): the value's ``scope``."""
    if re.search(
        r"没有?影响|不影响|没有?真实|无真实|no (?:real|live|production|actual|paying)|没有?用户|not yet", text
    ):
        return "none"
    if re.search(r"测试|开发|预发|联调|本地|内部|内网|staging|test|dev|local|qa|internal|demo|uat", text):
        return "test"
    if re.search(
        r"正常|没问题|没有问题|可以|不会|fine|ok|well|no problem|perfectly|others|其他|其它|别的|别人|其余", text
    ):
        return "one"
    if re.search(r"只|仅|就|唯独|单单|only|just|me\b|myself|solely|exclusively|one|single|this|that|my", text):
        return "one"
    return "all"
