"""Bodies that break services, made by hand, by name; the worst of each sort that callers, attackers and bugs send."""

import json
from itertools import product

_TICKET = '{"title": "没有声音", "body": "since noon"}'

# Bytes that are no JSON, or JSON that a strict reader refuses.
_RAW: dict[str, bytes] = {
    "nothing": b"",
    "blank": b" \n\t ",
    "one NUL": b"\x00",
    "NULs": b"\x00" * 4096,
    "0xFF": b"\xff" * 64,
    "all bytes": bytes(range(256)),
    "UTF-8 BOM": b"\xef\xbb\xbf" + _TICKET.encode(),
    "UTF-8 BOM alone": b"\xef\xbb\xbf",
    "UTF-16": _TICKET.encode("utf-16"),
    "UTF-16-LE": _TICKET.encode("utf-16-le"),
    "UTF-16-BE": _TICKET.encode("utf-16-be"),
    "UTF-32": _TICKET.encode("utf-32"),
    "UTF-7": _TICKET.encode("utf-7"),
    "GBK": _TICKET.encode("gbk"),
    "Big5": '{"title": "沒有聲音"}'.encode("big5"),
    "GB18030 of four bytes": '{"title": "𠀀"}'.encode("gb18030"),
    "Shift JIS": '{"title": "音声が出ない"}'.encode("shift_jis"),
    "latin-1": '{"title": "Zürich"}'.encode("latin-1"),
    "overlong slash": b'{"title": "\xc0\xaf"}',
    "overlong NUL": b'{"title": "\xc0\x80"}',
    "overlong of three bytes": b'{"title": "\xe0\x80\xaf"}',
    "cut in a character": _TICKET.encode()[:12],
    "lone continuation": b'{"title": "\x80"}',
    "surrogate in UTF-8": b'{"title": "\xed\xa0\x80"}',
    "CESU-8 pair": b'{"title": "\xed\xa0\xbd\xed\xb8\x80"}',
    "above U+10FFFF": b'{"title": "\xf4\x90\x80\x80"}',
    "five-byte form": b'{"title": "\xf8\x88\x80\x80\x80"}',
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV*\xc9,\xc9IU\xb2R\xcaLQ\xaa\x05\x00",
    "zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
    "pickle": b"cos\nsystem\n(S'id'\ntR.",
    "msgpack": b"\x82\xa5title\xa1x\xa4body\xa1y",
    "CBOR": b"\xa2\x65title\x61x\x64body\x61y",
    "BSON": b"\x16\x00\x00\x00\x02title\x00\x02\x00\x00\x00x\x00\x00",
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "PDF": b"%PDF-1.7\n",
    "ELF": b"\x7fELF\x02\x01\x01",
    "form-encoded": b"title=no+sound&body=since+noon",
    "multipart": b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nno sound\r\n--x--\r\n',
    "XML": b"<?xml version='1.0'?><ticket><title>x</title></ticket>",
    "XML bomb": b"<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;'>]><a>&d;</a>",
    "XXE": b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "YAML": b"title: !!python/object/apply:os.system ['id']\n",
    "TOML": b'title = "x"\n',
    "HTML": b"<script>alert(1)</script>",
    "JSONP": b'callback({"title": "x"})',
    "JavaScript": b"{title: 'x', body: undefined}",
    "comment": b'/* c */ {"title": "x"}',
    "line comment": b'{"title": "x"} // c',
    "hash comment": b'# c\n{"title": "x"}',
    "single quotes": b"{'title': 'x'}",
    "bare key": b'{title: "x"}',
    "trailing comma": b'{"title": "x",}',
    "leading comma": b'{,"title": "x"}',
    "two commas": b'{"title": "x",,"body": "y"}',
    "no comma": b'{"title": "x" "body": "y"}',
    "no colon": b'{"title" "x"}',
    "two colons": b'{"title":: "x"}',
    "no value": b'{"title": }',
    "no key": b'{: "x"}',
    "number as key": b'{1: "x"}',
    "null as key": b'{null: "x"}',
    "array as key": b'{[]: "x"}',
    "open object": b'{"title": "x"',
    "open array": b'[{"title": "x"}',
    "open text": b'{"title": "x',
    "open escape": b'{"title": "x\\',
    "open \\u": b'{"title": "\\u12',
    "closed twice": b'{"title": "x"}}',
    "two documents": b'{"title": "x"}{"title": "y"}',
    "JSON lines": b'{"title": "x"}\n{"title": "y"}\n',
    "document and NUL": b'{"title": "x"}\x00',
    "document and text": b'{"title": "x"} trailing',
    "XSSI guard": b')]}\',\n{"title": "x"}',
    "wrong closing": b'{"title": "x"]',
    "closed only": b"}",
    "bracket only": b"]",
    "quote only": b'"',
    "minus only": b"-",
    "comma only": b",",
    "colon only": b":",
    "backslash only": b"\\",
    "True": b"True",
    "None": b"None",
    "TRUE": b'{"title": TRUE}',
    "undefined": b'{"title": undefined}',
    "cut literal": b'{"title": tru}',
    "raw newline in a text": b'{"title": "a\nb"}',
    "raw tab in a text": b'{"title": "a\tb"}',
    "raw NUL in a text": b'{"title": "a\x00b"}',
    "raw escape in a text": b'{"title": "a\x1b[2Jb"}',
    "form feed between": b'{"title":\x0c"x"}',
    "no-break space between": '{"title":\u00a0"x"}'.encode(),
    "ideographic space between": '{"title":\u3000"x"}'.encode(),
    "full-width braces": "｛＂title＂：＂x＂｝".encode(),
    "curly quotes": "{“title”: “没有声音”}".encode(),
    "\\x escape": b'{"title": "\\x41"}',
    "\\' escape": b'{"title": "\\\'"}',
    "\\0 escape": b'{"title": "\\0"}',
    "\\U escape": b'{"title": "\\U0001F600"}',
    "\\u of three digits": b'{"title": "\\u123"}',
    "\\u with a sign": b'{"title": "\\u-123"}',
    "\\u{…}": b'{"title": "\\u{1F600}"}',
    "lone high surrogate": b'{"title": "\\ud800"}',
    "lone low surrogate": b'{"title": "\\udc00"}',
    "surrogates reversed": b'{"title": "\\udc00\\ud800"}',
    "high surrogate twice": b'{"title": "\\ud800\\ud800"}',
    "high surrogate and text": b'{"title": "\\ud83dx"}',
    "lone surrogate as key": b'{"title": "x", "fields": {"\\ud800": "y"}}',
    "lone surrogate in an id": b'{"title": "x", "id": "\\udfff"}',
    "lone surrogate in a name": b'{"title": "x", "attachments": ["\\ud800.log"]}',
    "lone surrogate in a batch": b'{"tickets": [{"title": "\\ud800"}]}',
    "lone surrogate of who": b'{"labels": {"priority": "P1"}, "who": "\\ud800", "why": "x"}',
    "NUL by escape": b'{"title": "a\\u0000b", "body": "\\u0000", "id": "\\u0000", "fields": {"\\u0000": "\\u0000"}}',
    "NUL as who": b'{"labels": {"product": "\\u0000"}, "who": "\\u0000", "why": "\\u0000"}',
    "arrays to 500": b"[" * 500 + b"]" * 500,
    "arrays to 1,024": b"[" * 1024 + b"]" * 1024,
    "arrays to 1,025": b"[" * 1025 + b"]" * 1025,
    "arrays to 100,000": b"[" * 100_000 + b"]" * 100_000,
    "open arrays": b"[" * 200_000,
    "objects to 1,000": b'{"a":' * 1000 + b"1" + b"}" * 1000,
    "objects to 50,000": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "open objects": b'{"title":' * 20_000,
    "deep field": b'{"title": "x", "fields": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}",
    "deep extra": b'{"title": "x", "extra": ' + b"[" * 900 + b"]" * 900 + b"}",
    "deep batch": b'{"tickets": [' + b"[" * 900 + b"]" * 900 + b"]}",
    "key twice": b'{"title": "x", "title": "y", "title": ["z"]}',
    "a million spaces": b" " * 260_000 + b"{}",
    "many keys": json.dumps({"title": "x", **{f"k{number}": "v" for number in range(15_000)}}).encode(),
    "many fields": json.dumps({"title": "x", "fields": {f"k{number}": "v" for number in range(15_000)}}).encode(),
    "many attachments": json.dumps({"title": "x", "attachments": ["a.log"] * 20_000}).encode(),
    "500 empty tickets": json.dumps({"tickets": [{}] * 500}).encode(),
    "501 tickets": json.dumps({"tickets": [{"title": "x"}] * 501}).encode(),
    "colliding keys": json.dumps({"title": "x", "fields": {"\u200b" * n: "y" for n in range(200)}}).encode(),
    "keys of prototypes": b'{"title": "x", "__proto__": {"a": 1}, "constructor": {"prototype": {"b": 2}}}',
    "keys of classes": b'{"title": "x", "__class__": "Ticket", "__dict__": {}, "self": 1, "extra": {"extra": 1}}',
    "$ref": b'{"$ref": "#", "title": {"$ref": "file:///etc/passwd"}}',
    "$where": b'{"title": {"$gt": ""}, "body": {"$where": "sleep(1000)"}}',
}

# Numbers that readers take and writers choke on, in each place where a number may stand.
_NUMBERS = [
    *("NaN", "-NaN", "nan", "Infinity", "-Infinity", "inf", "1e400", "-1e400", "1e999999999", "1e-400", "-0", "-0.0"),
    *("01", "+1", "1.", ".5", "1e", "1e+", "0x10", "0b1", "0o7", "1_000", "1,000", "١٢", "１２", "--1", "1.2.3"),
    *(str(2**53), str(-(2**53)), str(2**63), str(2**64), str(-(2**64)), "9" * 400, "9" * 5000, "0." + "0" * 5000 + "1"),
    *("1" + "0" * 310 + ".5", "4.9e-324", "1.7976931348623157e308", "9007199254740993", "1e22"),
]
_NUMBERED = {f"number {text[:20]} ({len(text)})": f'{{"title": {text}, "body": "x"}}'.encode() for text in _NUMBERS}
_NUMBERED |= {
    f"field {text[:20]} ({len(text)})": f'{{"body": "x", "fields": {{"a": {text}}}}}'.encode() for text in _NUMBERS[:12]
}

# Values of every kind in every place that a route reads.
_VALUES: list[object] = [
    None,
    True,
    0,
    -1,
    1.5,
    2**53,
    10**18,
    "",
    " ",
    "\u0000",
    "x" * 3000,
    [],
    {},
    [[]],
    {"a": {}},
    [None],
]
_PLACES = {
    "title": ("title",),
    "body": ("body",),
    "id": ("id",),
    "fields": ("fields",),
    "a field": ("fields", "product"),
    "attachments": ("attachments",),
    "created_at": ("created_at",),
    "plan": ("plan",),
    "requested_priority": ("requested_priority",),
    "first_response_at": ("first_response_at",),
    "resolved_at": ("resolved_at",),
    "channel": ("channel",),
    "tickets": ("tickets",),
    "at": ("at",),
    "labels": ("labels",),
    "kind": ("labels", "kind"),
    "product": ("labels", "product"),
    "priority": ("labels", "priority"),
    "who": ("who",),
    "why": ("why",),
}


def _with(place: tuple[str, ...], value: object) -> bytes:
    body: dict[str, object] = {"title": "t", "labels": {"priority": "P1"}, "who": "w", "why": "y"}
    if len(place) == 1:
        body[place[0]] = value
    else:
        body[place[0]] = {place[1]: value}
    return json.dumps(body, ensure_ascii=False).encode()


_PLACED = {
    f"{name} = {json.dumps(value)[:12]}": _with(place, value)
    for (name, place), value in product(_PLACES.items(), _VALUES)
}

# Texts that mean something to somebody behind.
_TEXTS = {
    "SQL": "'; DROP TABLE tickets; --",
    "SQL union": '" UNION SELECT digest FROM access_keys --',
    "LIKE": "%" * 500 + "_\\",
    "template": "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "format": "{0.__class__.__mro__} %s%s%n {place} {most}",
    "shell": "$(id) `id` | id && id",
    "log4j": "${jndi:ldap://127.0.0.1/a}",
    "path": "../../../../etc/passwd\\..\\..",
    "header": "a\r\nSet-Cookie: a=b\r\n\r\n",
    "log line": '"}\n{"level": "info", "event": "forged"}',
    "terminal": "\x1b]0;owned\x07\x1b[2J",
    "formula": '=HYPERLINK("http://127.0.0.1","a")',
    "DDE": "=cmd|' /C calc'!A0",
    "XSS": "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>",
    "SVG": "<svg/onload=alert(1)>",
    "markdown": "[a](javascript:alert(1)) ![b](http://127.0.0.1/x.png)",
    "SSRF": "http://169.254.169.254/latest/meta-data/ file:///etc/passwd gopher://127.0.0.1:6379/_FLUSHALL",
    "nested quantifiers": "a" * 5000 + "!",
    "at signs": "@" * 5000,
    "digits": "1" * 5000,
    "digits and dashes": "138-" * 2000,
    "hex": "0123456789abcdef" * 500,
    "base64": "QUFB" * 2000,
    "percent": "30%" * 2000,
    "times": "11 月 25 日 20:15 " * 500,
    "quotes": "「『" * 2000,
    "brackets": "([{<" * 2000,
    "dots": "。" * 5000,
    "newlines": "\n" * 5000,
    "CR": "\r" * 5000,
    "tabs": "\t" * 5000,
    "zero width": "没\u200b有\u200c声\u200d音\ufeff" * 500,
    "bidi": "\u202e没有声音\u202c\u2066x\u2069" * 200,
    "combining": "a" + "\u0301" * 5000,
    "Zalgo": ("z" + "\u0300\u0315\u0489" * 20) * 50,
    "U+FDFA": "\ufdfa" * 1000,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 300,
    "flags": "🇨🇳" * 500,
    "tags": "\U000e0041" * 500,
    "variation": "葛\U000e0100" * 500,
    "private use": "\ue000\U000f0000\U0010fffd" * 300,
    "non-characters": "\uffff\ufffe\U0001ffff" * 300,
    "separators": "a\u2028b\u2029c\u0085d" * 300,
    "line drawing": "┌─┐│" * 500,
    "controls": "".join(map(chr, range(1, 32))) * 20,
    "C1 controls": "".join(map(chr, range(128, 160))) * 20,
    "rare": "𠀀𪚥𫝀" * 500,
    "Tibetan": "ༀ་" * 500,
    "Arabic": "لا يوجد صوت " * 200,
    "half-width kana": "ｱｲｳｴｵ" * 500,
    "full-width": "３０％　Ａｎｄｒｏｉｄ" * 200,
    "Kelvin and dotless": "Kıſﬁ" * 300,
    "numbers of all scripts": "٣٠٪ 三成 ３０％ ⅓ ㊿ Ⅻ" * 200,
    "RTC keys": "appid=1 channel=2 uid=3 " * 500,
}
_TEXTED = {f"text {name}": json.dumps({"title": text, "body": text, "id": text[:200], "fields": {text[:50]: text},
                                       "attachments": [text[:100]], "plan": text[:50], "created_at": text[:50]},
                                      ensure_ascii=False).encode() for name, text in _TEXTS.items()}  # fmt: skip
_TEXTED |= {
    f"correction {name}": json.dumps(
        {"labels": {"product": text[:200]}, "who": text[:90], "why": text[:1900]}, ensure_ascii=False
    ).encode()
    for name, text in _TEXTS.items()
}

# Times at the edges of what calendars hold.
_TIMES = [
    *("0000-00-00T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z"),
    *(
        "2026-12-31T23:59:60Z",
        "2026-11-25T24:00:00Z",
        "2026-11-25T10:00:00+99:99",
        "2026-11-25T10:00:00+23:59:59.999999",
    ),
    *(
        "-2026-11-25T10:00:00Z",
        "+12026-11-25T10:00:00Z",
        "2026-11-25T10:00:00.0000000000001Z",
        "２０２６-11-25T10:00:00Z",
    ),
    *(
        "1e9",
        "9" * 30,
        "2026年11月25日",
        "2026-11-25T10:00:00 CST",
        "2026-11-25T10:00:00Z\u0000",
        "2026-11-25T10:00:00−08:00",
    ),
]
_TIMED = {
    f"time {text[:24]}": json.dumps({"title": "x", "at": text, "created_at": text, "first_response_at": text}).encode()
    for text in _TIMES
}

HOSTILE: dict[str, bytes] = {**_RAW, **_NUMBERED, **_PLACED, **_TEXTED, **_TIMED}
