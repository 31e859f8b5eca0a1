"""Personal data and secrets: what is masked, what is left alone. All values are invented or published test values."""

import base64
import json
import re

import pytest
from hypothesis import given, strategies as st

from triage.evidence.redaction import (
    SECRET_KINDS,
    Secret,
    find_secrets,
    is_identity_number,
    load_patterns,
    mask_spans,
    passes_luhn,
    redact,
)
from triage.language.text import normalise


def _part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


# Put together here, so that no scanner of repositories takes them for real.
APP_ID = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
CERTIFICATE = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
LONG_HEX = CERTIFICATE + APP_ID
BODY = "InventedForTests0aBcDeFgHiJkLmNoPqRsTuVwXyZ123456789InventedForTests"
TOKEN_6 = "006" + APP_ID + "IAD" + BODY
TOKEN_7 = "007" + "eJx" + BODY + "=="
TOKEN_ZEGO = "04" + "AAAAA" + "Gk3bU0AEHo4" + BODY
TOKEN_EASEMOB = "YWMt" + BODY
TOKEN_RONG = BODY[:43] + "=" + "@4abc.cn.rongnav.com;4abc.cn.rongcfg.com"
USER_SIG = "eJw" + "tzNEKgjAYhuF72X*" + BODY + "-" + "_"
JWT = ".".join([_part({"alg": "HS256", "typ": "JWT"}), _part({"sub": "user-1", "room": "r1"}), BODY[:43]])
AWS_KEY = "AK" + "IA" + "2INVENTED7KEY234"
ALIBABA_KEY = "LT" + "AI" + "5tInvented0Key123456"
TENCENT_KEY = "AK" + "ID" + BODY[:32]
OPENAI_KEY = "sk" + "-proj-" + BODY[:40]
GITHUB_KEY = "gh" + "p_" + BODY[12:48]
SLACK_KEY = "xo" + "xb-" + "123456789012-InventedForTests"
GOOGLE_KEY = "AI" + "za" + BODY[:35]
PRIVATE_KEY = f"-----BEGIN {'PRIVATE'} KEY-----\nMIIE{BODY}\n{BODY}==\n-----END {'PRIVATE'} KEY-----"

FIRING = {
    "mobile-zh": ("联系电话 13800138000，随时", "联系电话 ‹mobile›，随时"),
    "mobile-en": ("call me at 13800138000 please", "call me at ‹mobile› please"),
    "mobile-glued-to-han": ("手机13800138000张三", "手机‹mobile›张三"),
    "mobile-glued-to-tel": ("Tel13800138000", "Tel‹mobile›"),
    "mobile-plus-86": ("+86 13800138000", "‹mobile›"),
    "mobile-plus-86-glued": ("whatsapp +8613800138000.", "whatsapp ‹mobile›."),
    "mobile-86-bare": ("86-13800138000", "‹mobile›"),
    "mobile-0086": ("0086 138 0013 8000", "‹mobile›"),
    "mobile-brackets-86": ("(+86)13800138000", "‹mobile›"),
    "mobile-dashes": ("值班：138-0013-8000 王工", "值班：‹mobile› 王工"),
    "mobile-spaces": ("电话 138 0013 8000", "电话 ‹mobile›"),
    "mobile-four-three-four": ("1380 013 8000", "‹mobile›"),
    "mobile-full-width": ("手机：１３８００１３８０００", "手机：‹mobile›"),
    "mobile-full-width-plus": ("＋８６　１３８００１３８０００", "‹mobile›"),
    "mobile-zero-width": ("电话 138\u200b0013\u200b8000 谢谢", "电话 ‹mobile› 谢谢"),
    "mobile-traditional": ("聯繫電話：13800138000，請回電", "聯繫電話：‹mobile›，請回電"),
    "mobile-two": ("13800138000/13900139000", "‹mobile›/‹mobile›"),
    "mobile-two-comma": ("13800138000,13900139000", "‹mobile›,‹mobile›"),
    "mobile-as-user-id": ('{"userId":"13800138000"}', '{"userId":"‹mobile›"}'),
    "mobile-in-query": ("GET /login?phone=13800138000&v=1", "GET /login?phone=‹mobile›&v=1"),
    "mobile-after-name": ("张三-13800138000", "张三-‹mobile›"),
    "mobile-order-but-phone": ("订单联系手机：13800138000", "订单联系手机：‹mobile›"),
    "mobile-hong-kong-code": ("+852 9123 4567", "‹mobile›"),
    "mobile-hong-kong-word": ("香港手機：9123 4567", "香港手機：‹mobile›"),
    "mobile-hong-kong-en": ("HK mobile: 91234567", "HK mobile: ‹mobile›"),
    "mobile-macau": ("+853 6612 3456", "‹mobile›"),
    "mobile-taiwan-code": ("+886 912-345-678", "‹mobile›"),
    "mobile-taiwan-word": ("台灣手機 0912-345-678", "台灣手機 ‹mobile›"),
    "mobile-elsewhere": ("Reach me any time: +44 20 7946 0118 (Priya)", "Reach me any time: ‹mobile› (Priya)"),
    "mobile-elsewhere-brackets": ("on call +1 (415) 555-0123, Dana", "on call ‹mobile›, Dana"),
    "mobile-elsewhere-glued": ("phone: +6591234567", "phone: ‹mobile›"),
    "identity-card": ("身份证 11010519491231002X", "身份证 ‹identity_card›"),
    "identity-card-lower-x": ("11010519491231002x", "‹identity_card›"),
    "identity-card-spaced": ("110105 19491231 002X", "‹identity_card›"),
    "identity-card-traditional": ("身份證號碼：440307199003070017。", "身份證號碼：‹identity_card›。"),
    "identity-card-old": ("身份证号：110105491231002", "身份证号：‹identity_card›"),
    "identity-card-en": ("my ID card no. is 11010519491231002X", "my ID card no. is ‹identity_card›"),
    "bank-card-visa": ("paid with 4111111111111111 yesterday", "paid with ‹bank_card› yesterday"),
    "bank-card-spaced": ("卡 5555 5555 5555 4444", "卡 ‹bank_card›"),
    "bank-card-dashes": ("4111-1111-1111-1111", "‹bank_card›"),
    "bank-card-amex": ("3782 822463 10005", "‹bank_card›"),
    "bank-card-unionpay-19": ("银行卡号：6222021234567890128", "银行卡号：‹bank_card›"),
    "bank-card-unionpay-bare": ("退到 6200000000000005 吧", "退到 ‹bank_card› 吧"),
    "bank-card-keyed": ('{"cardNo":"4111111111111111"}', '{"cardNo":"‹bank_card›"}'),
    "email-zh": ("邮箱zhang.san@example.com，谢谢", "邮箱‹email›，谢谢"),
    "email-en": ("mail me: li+rtc@mail.example.com.", "mail me: ‹email›."),
    "email-full-width": ("ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "‹email›"),
    "email-angle": ("Li Lei <li@example.cn>", "Li Lei <‹email›>"),
    "email-of-digits": ("13800138000@163.com", "‹email›"),
    "email-mailto": ("mailto:li@example.com?subject=x", "mailto:‹email›?subject=x"),
    "email-two": ("a.b@example.com;c_d@example.org", "‹email›;‹email›"),
    "ip-private": ("服务器 192.168.1.5 连不上", "服务器 ‹ip› 连不上"),
    "ip-ten": ("got ip 10.32.114.7 gw", "got ip ‹ip› gw"),
    "ip-public": ("198.51.100.24 timeout", "‹ip› timeout"),
    "ip-low-with-word": ("出口 IP：1.8.1.222", "出口 IP：‹ip›"),
    "ip-low-with-port": ("connect 4.5.111.9:8443", "connect ‹ip›:8443"),
    "ip-url": ("curl http://203.0.113.7/path", "curl http://‹ip›/path"),
    "ip-range": ("203.0.113.7-203.0.113.9", "‹ip›-‹ip›"),
    "ip-network": ("203.0.113.0/24", "‹ip›/24"),
    "ip-sdp": ("c=IN IP4 203.0.113.88", "c=IN IP4 ‹ip›"),
    "ip-ends-sentence": ("It resolves to 203.0.113.9.", "It resolves to ‹ip›."),
    "ip-beside-version": ("SDK 4.6.1.51 连 203.0.113.9 超时", "SDK 4.6.1.51 连 ‹ip› 超时"),
    "ip-java": ("failed to connect to a.example.com/203.0.113.9:443", "failed to connect to a.example.com/‹ip›:443"),
    "ipv6": ("via 2001:db8::8a2e:370:7334 ok", "via ‹ip› ok"),
    "ipv6-link-local": ("fe80::1c2d:3e4f:5a6b:7c8d%en0", "‹ip›%en0"),
    "ipv6-brackets": ("http://[2001:db8::1]:8080/", "http://[‹ip›]:8080/"),
    "ipv6-mapped": ("::ffff:203.0.113.7", "::ffff:‹ip›"),
    "certificate-zh": (f"证书是 {CERTIFICATE}", "证书是 ‹app_certificate›"),
    "certificate-en": (f"App Certificate: {CERTIFICATE}", "App Certificate: ‹app_certificate›"),
    "certificate-traditional": (f"證書：{CERTIFICATE}", "證書：‹app_certificate›"),
    "certificate-code": (f'appCertificate = "{CERTIFICATE}";', 'appCertificate = "‹app_certificate›";'),
    "certificate-beside-app-id": (
        f"App ID {APP_ID}，证书 {CERTIFICATE}",
        f"App ID {APP_ID}，证书 ‹app_certificate›",
    ),
    "certificate-pair": (f"AppID/证书：{APP_ID} / {CERTIFICATE}", f"AppID/证书：{APP_ID} / ‹app_certificate›"),
    "certificate-next-line": (f"密钥：\n{CERTIFICATE}", "密钥：\n‹app_certificate›"),
    "app-key": (f"appKey={CERTIFICATE.upper()}&x=1", "appKey=‹app_certificate›&x=1"),
    "app-secret": (f'"AppSecret":"{CERTIFICATE}"', '"AppSecret":"‹app_certificate›"'),
    "trtc-secret-key": (f"SDKSecretKey: '{LONG_HEX}'", "SDKSecretKey: '‹app_certificate›'"),
    "zego-app-sign": (f"AppSign 是 {LONG_HEX}", "AppSign 是 ‹app_certificate›"),
    "client-secret": ("client_secret=Yx7Invented0Secret12", "client_secret=‹app_certificate›"),
    "rtc-token-006": (f"token {TOKEN_6} 报 110", "token ‹rtc_token› 报 110"),
    "rtc-token-007": (f"我的token：{TOKEN_7}", "我的token：‹rtc_token›"),
    "rtc-token-in-url": (f"?token={TOKEN_7[:-2]}%3D%3D&uid=1", "?token=‹rtc_token›&uid=1"),
    "rtc-token-zego": (f'token: "{TOKEN_ZEGO}"', 'token: "‹rtc_token›"'),
    "rtc-token-easemob": (f"Bearer {TOKEN_EASEMOB}", "Bearer ‹rtc_token›"),
    "rtc-token-rongcloud": (f"token={TOKEN_RONG}", "token=‹rtc_token›"),
    "user-sig": (f"userSig={USER_SIG}", "userSig=‹user_sig›"),
    "user-sig-json": (f'{{"userSig":"{USER_SIG}","userId":"u1"}}', '{"userSig":"‹user_sig›","userId":"u1"}'),
    "jwt": (f"Authorization: Bearer {JWT}", "Authorization: Bearer ‹jwt›"),
    "jwt-zero-width": (f"{JWT[:30]}\u200b{JWT[30:]}", "‹jwt›"),
    "cloud-key-aws": (f"key id {AWS_KEY},", "key id ‹cloud_key›,"),
    "cloud-key-alibaba": (f"AccessKeyId={ALIBABA_KEY}", "AccessKeyId=‹cloud_key›"),
    "cloud-key-tencent": (f"SecretId：{TENCENT_KEY}", "SecretId：‹cloud_key›"),
    "cloud-key-openai": (f"llm api_key: {OPENAI_KEY}", "llm api_key: ‹cloud_key›"),
    "cloud-key-github": (f"https://{GITHUB_KEY}@github.com/x/y", "https://‹cloud_key›@github.com/x/y"),
    "cloud-key-slack": (SLACK_KEY, "‹cloud_key›"),
    "cloud-key-google": (f"AIza 开头的 {GOOGLE_KEY}", "AIza 开头的 ‹cloud_key›"),
    "cloud-key-secret": ("AccessKeySecret: 0InventedSecret12Value34567890", "AccessKeySecret: ‹cloud_key›"),
    "private-key": (f"私钥\n{PRIVATE_KEY}\n如上", "私钥\n‹cloud_key›\n如上"),
    "private-key-escaped": (PRIVATE_KEY.replace("\n", "\\n"), "‹cloud_key›"),
    "private-key-cut-off": (PRIVATE_KEY[:121] + "\n（后略）", "‹cloud_key›\n（后略）"),
    "password-zh": ("密码：Abc12345，登不进去", "密码：‹password›，登不进去"),
    "password-traditional": ("登入密碼：Abc12345", "登入密碼：‹password›"),
    "password-prose-zh": ("测试账号的密码是 888666", "测试账号的密码是 ‹password›"),
    "password-en": ("username: demo, password: Demo#2024", "username: demo, password: ‹password›"),
    "password-prose-en": ("the password is Winter2025.", "the password is ‹password›."),
    "password-json": ('{"user":"a","password":"hunter"}', '{"user":"a","password":"‹password›"}'),
    "password-yaml": ("db:\n  password: s3cret\n", "db:\n  password: ‹password›\n"),
    "password-query": ("?user=a&pwd=abc123&room=1", "?user=a&pwd=‹password›&room=1"),
    "password-url": ("rtsp://admin:Cam12345@192.0.2.7/live", "rtsp://admin:‹password›@‹ip›/live"),
    "password-url-mail-like": ("https://bot:pa55@git.example.com/x", "https://bot:‹password›@git.example.com/x"),
    "password-pair": ("账号密码：test01/Abc12345", "账号密码：‹password›"),
    "password-pair-spaced": ("账号/密码：test01 / Abc12345 ，麻烦看下", "账号/密码：‹password› ，麻烦看下"),
    "password-bare": ("账号 test01 密码 Abc12345", "账号 test01 密码 ‹password›"),
    "password-of-meeting": ("会议密码: 482913", "会议密码: ‹password›"),
    "password-full-width": ("ｐａｓｓｗｏｒｄ：Abc12345", "ｐａｓｓｗｏｒｄ：‹password›"),
    "password-is-a-mobile": ("密码: 13800138000", "密码: ‹mobile›"),
    "password-basic": ("Authorization: Basic ZGVtbzppbnZlbnRlZDE=", "Authorization: Basic ‹password›"),
    "mixed-line": (
        "王工 13800138000, wang@example.com, 内网 10.0.3.7, SDK 4.6.1.51",
        "王工 ‹mobile›, ‹email›, 内网 ‹ip›, SDK 4.6.1.51",
    ),
}

SILENT = {
    "plain-zh": "语音偶尔卡顿，对方听不到声音",
    "plain-en": "The remote user hears nothing after joining",
    "empty": "",
    "version-three": "SDK 4.6.1，Android 14，iPhone 15 Pro",
    "version-four-zh": "版本 4.6.1.51",
    "version-four-sdk": "SDK 1.8.1.222 必现",
    "version-four-key": "SDKVersion=1.8.1.222",
    "version-four-bare": "4.5.111.9 之后就不行",
    "version-v": "v10.8.0.130 and V4.5.111.9",
    "version-ten": "SDK version 10.8.0.130",
    "version-list": "版本 4.6.1.51、10.8.0.13 都有",
    "version-from-to": "从 9.2.10.1 升级到 10.8.0.130 后崩溃",
    "version-upgrade-en": "Upgrade Apache Derby from 10.10.2.0 to 10.14.2.0",
    "version-chrome": "Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
    "version-chrome-prose": "Chrome 110.0.54.177 和 Firefox 121.0.1.2",
    "version-firmware": "固件 108.86.0.90",
    "version-package": "agora-rtc-sdk-ng@4.20.0 和 im-web-sdk@10.1.2.3",
    "version-file": "sdk-10.8.0.130.zip TRTC_10.3.0.119.aar",
    "version-harmony": "HarmonyOS NEXT 5.0.0.102",
    "loopback": "http://127.0.0.1:8080 和 0.0.0.0，掩码 255.255.255.0，::1",
    "resolvers": "ping 8.8.8.8 和 114.114.114.114 都通",
    "multicast": "239.255.0.1:5000",
    "five-numbers": "OID 1.3.6.1.4.1.2021",
    "octet-too-large": "ip 192.168.1.500",
    "clock-times": "10:11:02.402 到 12:30:45，2024:01:02",
    "mac-address": "MAC 00:1a:2b:3c:4d:5e",
    "fingerprint": "a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24",
    "cpp-scope": "io::agora::rtc::onJoin, std::fe80::x",
    "time-ms": "1700000000000 和 1718870011000",
    "time-micro": "started_at: 1739520364982815",
    "time-nano": "1739520364982815480",
    "time-seconds": "ts=1700000000",
    "date-time": "20240102103011 2024-01-02 10:30:11",
    "order-number": "订单号：13800138000",
    "order-number-en": "ORD-13800138000 and order no: 13912345678",
    "order-number-long": "流水号 202401021380013800012",
    "room-id": "房间号 13800138000",
    "room-id-key": "roomId=13800138000&cid=15912345678",
    "channel": 'channel: "13800138000"',
    "sequence": '"seq":13800138000,"msgId":15912345678',
    "ticket-id": "ticket #13800138000",
    "uid": "uid=2882341273",
    "session-id": "sid: 4111111111111111",
    "message-id": '{"msgid":"4111111111111111","random":5555555555554444}',
    "key-value-number": "pts=4111111111111111",
    "phone-in-longer-id": "trace 8013800138000123 ok",
    "phone-in-words": "user_13800138000_main a13800138000b",
    "phone-in-file": "/upload/13800138000.jpg",
    "phone-in-decimal": "0.13800138000 13800138000.55",
    "phone-masked": "138****8000",
    "phone-not-in-use": "12345678901 14012345678 10086",
    "phone-groups-of-more": "3 138 0013 8000 7",
    "bytes": "size 13800138000 bytes，13800138000 字节",
    "heap-size": "MaxNewSize = 19306381312 (18412.0MB)",
    "service-number": "400-000-1234 或 95588",
    "eight-digits": "20260102 91234567 房间 9123 4567",
    "identity-wrong-check": "110105194912310021",
    "identity-wrong-month": "11010519491331002X",
    "identity-old-bare": "110105491231002",
    "identity-in-longer": "x11010519491231002X9",
    "card-wrong-luhn": "4111111111111112",
    "card-no-issuer": "1234567812345670",
    "card-in-decimal": "0.4242424242424242",
    "card-in-uuid": "41111111-1111-4111-8111-111111111111",
    "iccid": "SIM 卡号 89860012345678901239",
    "imei": "IMEI 490154203237518",
    "app-id": f"App ID: {APP_ID}",
    "app-id-code": f'appId = "{APP_ID}"; sid={CERTIFICATE}',
    "md5": f"md5: {CERTIFICATE}  sdk.zip",
    "certificate-md5": f"证书 MD5：{CERTIFICATE}，certificate fingerprint {CERTIFICATE}",
    "trace-id": f"traceId={CERTIFICATE} requestId: {APP_ID}",
    "cache-key": f"cacheKey: {CERTIFICATE} public key {CERTIFICATE}",
    "git-hash": "commit 5f3caa107811aa94b02d9e1c7f60b8d3e4a5c6d7",
    "git-hash-after-key": "key: 5f3caa107811aa94b02d9e1c7f60b8d3e4a5c6d7",
    "uuid": "a1b2c3d4-e5f6-7890-abcd-ef0123456789",
    "certificate-zeros": f"证书：{'0' * 32}",
    "certificate-template": "证书：<your_app_certificate> secret: ${APP_SECRET}",
    "secret-from-environment": "secret: process.env.APP_SECRET, secretKey = getSecretKeyFromServer()",
    "token-words": "token 过期 token expired 007 006",
    "token-cut": "token: 007eJxTY...",
    "token-dots": f"token: 007eJx{'x' * 80}",
    "token-base64-image": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
    "user-sig-word": "userSig 生成失败 eJwtzM...",
    "jwt-head-only": "eyJhbGciOiJIUzI1NiJ9...",
    "cloud-key-words": "sk-learn sk-toolbar-button-2-active-left npm_config_registry hf_hub AKIA",
    "public-key": "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
    "private-key-header": "要不要带 -----BEGIN PRIVATE KEY----- 这一行",
    "git-address": "git@github.com:example/app.git ssh://git@example.com/x",
    "sip-address": "sip:1001@example.com;transport=tls",
    "no-reply": "发件人 noreply@example.com, no-reply@mail.example.com",
    "package-latest": "npm i @scope/pkg@latest vue@next.js icon@2x.png",
    "java-object": "io.agora.rtc.RtcEngineImpl@1a2b3c, view@android.widget",
    "easemob-id": "1122#demo_user1@easemob.com room@conference.easemob.com",
    "email-placeholder": "xxx@xxx.com your_email@example.com user@example.com",
    "email-masked": "z***g@example.com",
    "shell-prompt": "root@web-01:~# ls root@host.example.com",
    "password-wrong-zh": "提示密码错误：1001，密码错误",
    "password-wrong-en": "password: incorrect, the password is wrong",
    "password-stars": "密码：****** password=xxxx pwd: ab****12",
    "password-template": "password: ${DB_PASSWORD} pwd=<password> password: {{password}} passwd=%PWD%",
    "password-null": '"password": null, "password": "", password: undefined',
    "password-code": "password = config.password; pwd = getPassword(user)",
    "password-rule": "密码：8-16位 password: 8 characters or more",
    "password-call": "resetPassword: 1001, loginWithPassword: 200ms",
    "password-field": "passwordLength=12 isPassword=true password_required: 1",
    "password-flow": "输账号密码 -> 跳到 sso 页，改用密码支付",
    "password-path": "pwd: /home/app/logs",
    "url-port": "https://example.com:8080/@zhang rtmp://push.example.com:1935/live",
    "url-template": "redis://user:password@host.example.com mysql://a:${PWD}@db.example.com",
    "registers": "x0  0000000000000000  x1  b400007a1c0e4b10  x6  7f7f7f7f7f7f7f7f",
    "log-line": "2024-07-22 10:11:02.402 TLRTC [DEBUG] [1234:5678] join room_1024 uid=10086 seq=123456789012345",
    "template": "【房间号】\n【手机号】\n【邮箱】\n【IP】\n【SDK版本】6.2.1",
    "masks": "‹mobile› ‹email› password: ‹password› 证书：‹app_certificate›",
}

PATTERNS = load_patterns()
ANYTHING = st.text(st.characters(), max_size=40)
FRAGMENTS = [
    *(text for text, _ in FIRING.values()),
    *(
        "证书",
        "密码：",
        "password=",
        "+86",
        "身份证",
        "卡号",
        "ip ",
        "版本",
        "@",
        "/",
        ".",
        "-",
        " ",
        ":",
        "0",
        "a",
        "_",
        "‹",
        "›",
    ),
    *("‹mobile›", "13800138000", "10.0.0.1", "\u200b", "//", "://a:", "007eJx", "-----", "账号/", "appid/", "é", "："),
]
MIXED = st.lists(st.sampled_from(FRAGMENTS) | ANYTHING, max_size=8).map("".join)


@pytest.mark.parametrize(("text", "redacted"), FIRING.values(), ids=FIRING)
def test_secret_is_replaced_by_its_kind(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_only_looks_like_a_secret_is_left_alone(text: str) -> None:
    assert find_secrets(text) == ()
    assert redact(text) == text


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern_matches_its_examples_alone(name: str) -> None:
    pattern = PATTERNS[name]
    expression = re.compile(pattern.pattern, re.ASCII)
    assert pattern.yes and pattern.no
    assert [text for text in pattern.yes if not expression.search(text)] == []
    assert [text for text in pattern.no if expression.search(text)] == []


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern_repeats_are_bounded_or_possessive(name: str) -> None:
    bare = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "", PATTERNS[name].pattern)
    assert re.findall(r"[*+]|\{\d*,\}", re.sub(r"\{\d*,?\d*\}\+", "", bare)) == []


def test_every_kind_has_a_firing_text() -> None:
    found = {secret.kind for text, _ in FIRING.values() for secret in find_secrets(text)}
    assert found == set(SECRET_KINDS)


def test_offsets_are_code_points_of_the_raw_text() -> None:
    assert find_secrets("😀电话 １３８\u200b００１３８０００，a@example.com") == (
        Secret("mobile", 4, 16),
        Secret("email", 17, 30),
    )


def test_mask_spans_keeps_length_and_everything_else() -> None:
    text = "电话 13800138000，IP 203.0.113.9"
    assert mask_spans(text, find_secrets(text)) == "电话 •••••••••••，IP •••••••••••"


def test_overlapping_secrets_become_one_named_by_the_longer() -> None:
    assert find_secrets("账号密码：13800138000/Abc12345") == (Secret("password", 5, 25),)


# The example of GB 11643-1999 itself, then one computed by hand: 4·7+4·9+0·10+3·5+0·8+7·4+1·2+9·1+9·6+0·3+0·7+3·9+0·10
# +7·5+0·8+0·4+1·2 = 236 = 21·11+5, and 5 is written 7.
@pytest.mark.parametrize("number", ["11010519491231002X", "11010519491231002x", "440307199003070017"])
def test_identity_number_holds(number: str) -> None:
    assert is_identity_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "110105194912310020",
        "110105194913310021",
        "11010519490230002X",
        "1101051949123100",
        "",
        "１１０１０５19491231002X",
    ],
    ids=["check", "month", "day", "short", "empty", "wide"],
)
def test_identity_number_fails(number: str) -> None:
    assert not is_identity_number(number)


# ISO/IEC 7812-1, annex B; the first is the example that textbooks use, the others are the schemes' test numbers.
@pytest.mark.parametrize("digits", ["79927398713", "4111111111111111", "378282246310005", "6200000000000005"])
def test_luhn_holds(digits: str) -> None:
    assert passes_luhn(digits)


@pytest.mark.parametrize("digits", [f"7992739871{last}" for last in "012456789"] + ["0000000000000000", ""])
def test_luhn_fails(digits: str) -> None:
    assert not passes_luhn(digits)


@given(ANYTHING | MIXED)
def test_spans_are_in_range_and_apart(text: str) -> None:
    secrets = find_secrets(text)
    rims = [rim for secret in secrets for rim in (secret.start, secret.end)]
    assert rims == sorted(rims)
    assert all(0 <= secret.start < secret.end <= len(text) for secret in secrets)
    assert len(mask_spans(text, secrets)) == len(text)


@given(ANYTHING | MIXED)
def test_redacted_text_holds_no_secret_and_stays(text: str) -> None:
    redacted = redact(text)
    assert find_secrets(redacted) == ()
    assert redact(redacted) == redacted


@given(MIXED)
def test_masks_are_never_part_of_a_secret(text: str) -> None:
    parts = [(secret.kind, text[secret.start : secret.end]) for secret in find_secrets(text)]
    assert [part for kind, part in parts if kind != "cloud_key" and re.search("[‹›]", part)] == []


@given(st.sampled_from(sorted(FIRING)), st.integers(0, 200))
def test_an_invisible_character_hides_nothing(name: str, place: int) -> None:
    text, redacted = FIRING[name]
    hidden = text[:place] + "\u200b" + text[place:]
    assert normalise(redact(hidden)).text == normalise(redacted).text
