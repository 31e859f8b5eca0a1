"""What a character of a ticket becomes on a screen and how many columns it takes.

A ticket is foreign text: shown raw, an escape sequence moves the cursor or sets the window title, and a bidi override
shows words in another order than they are stored (CVE-2021-42574).
"""

import unicodedata

# Shown as <U+202E>: they act on the text around them, so the reader should know that they are there.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Shown as <U+001B>: controls, surrogates, unassigned code points, line and paragraph separators.
_ACTING = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})


def shown(character: str) -> str:
    """The character as it may be printed: itself, a space for white space, ``<U+001B>`` if it acts, or nothing.

    Nothing is left of zero-width characters, variation selectors and skin tones: terminals disagree on their width.
    """
    if character.isascii() and character.isprintable():
        return character
    if character in "\t\n\r":
        return " "
    category = unicodedata.category(character)
    if category in _ACTING or character in _BIDI:
        return f"<U+{ord(character):04X}>"
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return ""
    return character


def printable(text: str) -> str:
    """The text on one line, safe to print; line breaks and tabs become spaces."""
    return "".join(map(shown, text))


def width(text: str) -> int:
    """The columns that a text takes which ``shown`` let through.

    Wide and full-width characters take two, combining marks none. Ambiguous ones (“ ” · —) count one, as in terminals
    that are not set to a legacy East Asian encoding (Unicode Standard Annex 11, section 5).
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    # A vowel or final of decomposed Hangul joins the syllable before it.
    if unicodedata.category(character) in {"Mn", "Me"} or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
