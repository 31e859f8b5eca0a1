"""Thirty kinds of personal data and secrets as tickets hold them, all invented: a sentence, and the part that must not leak."""

CANARIES: dict[str, tuple[str, str]] = {
    "mobile": ("联系电话 13987654321，随时可打", "13987654321"),
    "mobile in groups": ("手机 139-8765-4322", "139-8765-4322"),
    "mobile with code": ("call me at +86 13987654323", "13987654323"),
    "mobile of Hong Kong": ("香港手机: +852 9187 6543", "9187 6543"),
    "mobile of elsewhere": ("phone +1 (415) 555-0187", "555-0187"),
    "e-mail": ("邮箱 wang.xiaoming@mail.example.com.cn", "wang.xiaoming@mail"),
    "identity card": ("身份证号：11010519491231002X", "11010519491231002X"),
    "identity card of 15": ("身份证号：110105491231003", "110105491231003"),
    "bank card": ("银行卡号：6222021234567890128", "6222021234567890128"),
    "credit card": ("card no. 4111111111111111", "4111111111111111"),
    "credit card in groups": ("信用卡 5555 5555 5555 4444", "5555 5555 5555 4444"),
    "IPv4": ("server 203.0.113.77 不通", "203.0.113.77"),
    "IPv4 inside": ("用户 ip: 192.168.77.51", "192.168.77.51"),
    "IPv6": ("地址是 2001:db8:77::51", "2001:db8:77::51"),
    "password": ("password: Hunter2canary", "Hunter2canary"),
    "password in Chinese": ("登录密码是 Canary888", "Canary888"),
    "account and password": ("测试账号/密码：test01 / Canary999", "Canary999"),
    "password in a URL": ("rtsp://admin:canary12345@192.0.2.7/live", "canary12345"),
    "basic authorization": ("Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==", "Y2FuYXJ5OmNhbmFyeQ=="),
    "app certificate": ("AppCertificate: 0ca0a7e1b2c3d4e5f60718293a4b5c6d", "0ca0a7e1b2c3d4e5f60718293a4b5c6d"),
    "app secret": ("AppSecret=canary0invented1secret2", "canary0invented1secret2"),
    "client secret": ("client_secret=yx7canary0secret1x", "yx7canary0secret1x"),
    "token 006": (
        "token 0060ca0a7e1b2c3d4e5f60718293a4b5c6dIADcanaryAAAAAEAAQCanary1abcdefghij0123456789KLMNOP",
        "IADcanaryAAAAAEAAQCanary1",
    ),
    "token 007": ("token=007eJxTYCanaryb1yZ8Kq2MtWd5uHnLpQr7sXe9FzGj0aBc4VoUi", "eJxTYCanaryb1yZ8Kq2MtWd5uHnLpQr7"),
    "UserSig": (
        "userSig: eJwtzNEKgjAYhuF72XHYCanaryTegwIVhQFJHHaYvqZ67rXsWKWZ8Hn4f3*X7YVh9Q7Q3IIeUArNDc0g5vO3b*zQ5jdPaL4bLrKR_",
        "eJwtzNEKgjAYhuF72XHYCanary",
    ),
    "JWT": (
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZQ",
        "eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZQ",
    ),
    "cloud key AKIA": ("AKIA0CANARY0KEY01234", "AKIA0CANARY0KEY01234"),
    "cloud key LTAI": ("accessKeyId LTAI0canary0key01234X", "LTAI0canary0key01234X"),
    "private key": (
        "-----BEGIN PRIVATE KEY-----\nMIIEvCANARYNBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----",
        "MIIEvCANARYNBgkqhkiG9w0BAQEFAASC",
    ),
    "our access key": (
        "triage_assess_4fzq3k2a_canaryaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_abcdefg",
        "canaryaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ),
}
