"""The environment: versions, platforms, devices and networks, and whether they are complete."""

from collections.abc import Sequence

from triage.assessment import Evidence
from triage.evidence.document import Document
from triage.evidence.stretch import Clauses, Stretch, evidence_of
from triage.language.regexp import lazy

_VERSIONS = frozenset({"sdk_version", "app_version", "package", "version"})
_PLATFORMS = frozenset({"os", "device", "browser", "framework"})
# A number that no such system ever had: three parts below iOS 9, or that Android did not count so; four parts.
# matches "ios 4.3.2", "安卓 4.2.6", "electron 4.3.1"; does not match "ios 17.5.1", "android 7.1.2", "electron 28.0.0"
_NO_SYSTEM = lazy(
    r"(?:ios|ipados|macos)(?:系统|版本?|端)?\s{0,2}[:v]?\s{0,2}([1-8]\.\d{1,2}\.\d{1,4})"
    r"|(?:android|安卓)(?!\s?(?:4\.0\.[34]|4\.1\.[12]|4\.4\.[0-4]|5\.0\.[0-2]|5\.1\.1|6\.0\.1|7\.1\.[12]|8\.[01]\.0)$)(?:系统|版本?|端)?\s{0,2}[:v]?\s{0,2}(\d{1,2}\.\d{1,2}\.\d{1,4})"
    r"|electron[\s/:]{1,2}v?([1-6]\.\d{1,2}\.\d{1,4})"
    r"|(?:ios|ipados|android|安卓|harmonyos|鸿蒙)\s{0,2}[:v]?\s{0,2}(\d{1,4}\.\d{1,4}\.\d{1,6}\.\d{1,6})"
)
# matches "android 11.8"; does not match "android 14"
_LAST_NUMBER = lazy(r"(\d{1,3}(?:\.\d{1,5}){1,3})$")
# matches "TRTC |Android 11.8", "环信|鸿蒙 1.2.0"; does not match "App on |Android 8.1"
_SDK_NAME = lazy(
    r"(?:trtc|tui[a-z]{2,8}|imsdk|imkit|\brtc|\bim|\bsdk|agora|声网|zego|即构|融云|云信|环信|\bnim|nertc|livekit|火山|gme|\btim)[\s_-]{0,2}(?:sdk|native|for)?[\s(-]{0,2}$"
)
# matches "threshold: 0.55"; does not match "livekit: 0.9.1"
_SETTING = lazy(r"[:=]\s{0,2}[\"\x27]?0\.\d{1,5}$")
# matches "go| sdk", "go| 1.22"; does not match "go| live"
_GO = lazy(r"\s?(?:\d|sdk|语言|服务|版|server|client|module|程序)|$")
# matches "微信 |8.0.49"; does not match "微信小程序 SDK |8.0.49"
_OTHER_APP = lazy(
    r"(?:微信|wechat|企微|qq|钉钉|飞书|支付宝|抖音|chrome|safari|微博)\s{0,2}(?:版本)?\s{0,2}[:v]?\s{0,2}$"
)


def judge_environment(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    """The parts of the environment in stretches, each under the slot it truly is; the value is its text."""
    taken = [(stretch.start, stretch.end) for stretch in stretches if stretch.key[2] in _PLATFORMS | {"package"}]
    kept = []
    for stretch in stretches:
        text = document.text[stretch.start : stretch.end].strip()
        if stretch.key[2] in _PLATFORMS and (version := _version_of_sdk(document, stretch, text)):
            at = stretch.start + document.text[stretch.start : stretch.end].rindex(version)
            kept.append(Stretch(("evidence", "environment", "sdk_version"), at, at + len(version)))
        # "threshold: 0.55" is a setting; "go live" names no language.
        if stretch.key[2] == "package" and _SETTING.search(text):
            continue
        if text == "go" and not _GO.match(document.text[stretch.end : stretch.end + 8]):
            continue
        # "微信 8.0.49" is the version of somebody else's app.
        if stretch.key[2] == "version" and _OTHER_APP.search(document.text[max(stretch.start - 10, 0) : stretch.start]):
            continue
        # "iOS 17.4.1" is the version of an OS; the same digits are no version of the SDK.
        inside = stretch.key[2] in ("version", "sdk_version") and any(
            start < stretch.end and stretch.start < end for start, end in taken
        )
        if not inside:
            kept.append(stretch)
    found = evidence_of(document, kept)
    return [Evidence(item.field, item.start, item.end, item.text, item.text.strip(), item.slot) for item in found]


def _version_of_sdk(document: Document, stretch: Stretch, text: str) -> str:
    """The number behind a platform's name that is the SDK's, or nothing."""
    # "iOS 4.3.2" names the SDK for iOS: there is no such iOS.
    if number := _NO_SYSTEM.fullmatch(text):
        return next(group for group in number.groups() if group)
    # "TRTC Android 11.8": the SDK's version, not Android's.
    number = _LAST_NUMBER.search(text)
    if number and _SDK_NAME.search(document.text[max(stretch.start - 16, 0) : stretch.start]):
        return number[1]
    return ""


def complete_environment(found: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, if it names the version of an SDK or app and a platform; else nothing that counts as present."""
    slots = {evidence.slot for evidence in found}
    return list(found) if slots & _VERSIONS and slots & _PLATFORMS else []
