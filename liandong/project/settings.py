"""Every setting, in one file, read from the environment. State lives in `LIANDONG_HOME` and in PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from environs import Env

from liandong.project.home import Home

env = Env()

CLONE = Path(__file__).resolve().parents[2]
HOME = Home(Path(env.str("LIANDONG_HOME", str(CLONE / ".liandong"))))

# What people type to reach the system, such as https://liandong.example; empty on one machine.
PUBLIC_URL = env.str("LIANDONG_PUBLIC_URL", "").rstrip("/")

SECRET_KEY = HOME.secret("django")
DEBUG = env.bool("LIANDONG_DEBUG", False)
ALLOWED_HOSTS = env.list("LIANDONG_HOSTS", ["*"])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "ninja",
    "liandong.web",
    "liandong.timeline",
    "liandong.people",
    "liandong.areas",
    "liandong.duty",
    "liandong.notify",
    "liandong.cases",
    "liandong.intake_channels",
    "liandong.intake_channels.hotline",
    "liandong.exchange",
    "liandong.livemap",
    "liandong.citizen",
    "liandong.citizen.publishing",
    "liandong.workbench",
    "liandong.project",
]

MIDDLEWARE = [
    "liandong.web.middleware.Refusals",
    "liandong.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "liandong.people.middleware.WhoActs",
    "liandong.people.middleware.FirstThingsFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "liandong.project.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liandong.project.navigation.menu",
            ],
        },
    }
]

DATABASES = {"default": HOME.database(env.str("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "liandong.people.backend.AccountBackend",
    "liandong.people.ldap.DirectoryBackend",
]
LOGIN_URL = "/desk/sign-in/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/desk/sign-in/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# The timeline has every sign-in already, and our page says that the account is locked.
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "liandong.people.views.signing.answer_of_ours"

# Passwords: the least length with three kinds of characters (any from four more on), and days until they must change.
LIANDONG_PASSWORD_MIN = env.int("LIANDONG_PASSWORD_MIN", 8)
LIANDONG_PASSWORD_MAX_DAYS = env.int("LIANDONG_PASSWORD_MAX_DAYS", 0)
# Hours after which a one-time password that an administrator gave no longer opens the account; 0 for never.
LIANDONG_ONE_TIME_HOURS = env.int("LIANDONG_ONE_TIME_HOURS", 72)
LIANDONG_SECOND_FACTOR_ROLES = env.list("LIANDONG_SECOND_FACTOR_ROLES", ["admin", "auditor"])
# allauth does second factors and OpenID Connect behind our own pages; nobody signs up, no account has an e-mail.
ACCOUNT_ADAPTER = "liandong.people.oidc.NoSignUp"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "liandong.people.second_factor.Sealing"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = env.str("LIANDONG_TOTP_ISSUER", "联动")
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "liandong.people.oidc.StaffAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "liandong.people.oidc.StaffProvider"}}
SOCIALACCOUNT_STORE_TOKENS = False
# Single sign-on; off without an issuer. `CLAIM` is what names our account at the first sign-in of an identity.
LIANDONG_OIDC_NAME = env.str("LIANDONG_OIDC_NAME", "统一身份认证")
LIANDONG_OIDC_ISSUER = env.str("LIANDONG_OIDC_ISSUER", "").rstrip("/")
LIANDONG_OIDC_CLIENT_ID = env.str("LIANDONG_OIDC_CLIENT_ID", "")
LIANDONG_OIDC_CLIENT_SECRET = env.str("LIANDONG_OIDC_CLIENT_SECRET", "")
LIANDONG_OIDC_CLAIM = env.str("LIANDONG_OIDC_CLAIM", "preferred_username")
LIANDONG_OIDC_IS_STRONG = env.bool("LIANDONG_OIDC_IS_STRONG", False)
# Passwords of a directory; off without an address. Either a name pattern, or a search by a service account.
LIANDONG_LDAP_URL = env.str("LIANDONG_LDAP_URL", "")
LIANDONG_LDAP_START_TLS = env.bool("LIANDONG_LDAP_START_TLS", False)
LIANDONG_LDAP_CA = env.str("LIANDONG_LDAP_CA", "")
LIANDONG_LDAP_DN = env.str("LIANDONG_LDAP_DN", "")
LIANDONG_LDAP_BASE = env.str("LIANDONG_LDAP_BASE", "")
LIANDONG_LDAP_FILTER = env.str("LIANDONG_LDAP_FILTER", "(uid={account})")
LIANDONG_LDAP_SEARCHER = env.str("LIANDONG_LDAP_SEARCHER", "")
LIANDONG_LDAP_SEARCHER_PASSWORD = env.str("LIANDONG_LDAP_SEARCHER_PASSWORD", "")
LIANDONG_LDAP_TIMEOUT = env.int("LIANDONG_LDAP_TIMEOUT", 5)

# The tables of permission, which only the composition root may know in full.
LIANDONG_ROLES = "liandong.project.roles.ROLES"
LIANDONG_ACT_WORDS = "liandong.project.roles.ACT_WORDS"
LIANDONG_ROLE_WORDS = "liandong.project.roles.ROLE_WORDS"
# Who names areas by code, besides the map itself: asked before codes end.
LIANDONG_AREA_USES = ["liandong.people.queries.area_uses", "liandong.cases.queries.area_uses"]
# Loads a district's folder, all modules' parts of it, for those who may not know every module.
LIANDONG_LOAD_DISTRICT = "liandong.project.districts.load_district"
# What people ask of the modules above them: areas by name, open work by unit, who else must know of a change.
LIANDONG_AREA_NAMES = "liandong.project.upward.area_names"
LIANDONG_OPEN_WORK = ["liandong.cases.queries.open_work_of"]
LIANDONG_ORGANISATION_CHANGED = "liandong.project.upward.organisation_changed"
# Says what is open at a desk, for handing it over at the end of a shift: (actor, at) -> items, one for each module.
LIANDONG_OPEN_ITEMS = [
    "liandong.workbench.open_items.open_cases",
    "liandong.intake_channels.hotline.queries.open_hand_overs",
]
# What anybody may see of cases and photos is also asked of those who moderate: hidden cases, decisions about photos.
LIANDONG_WITHHELD_CASES = "liandong.citizen.publishing.queries.withheld_cases"
LIANDONG_PHOTO_DECISIONS = "liandong.citizen.publishing.queries.photo_decisions"
# Messages: who is meant by a notice about a case, where its reporter is reached, its words for a preview.
LIANDONG_REPORTERS_CONTACT = "liandong.cases.notices.contact_of_reporter"
# Messages whose address and last words only another module knows, by what they are about: (id) -> (phone, words).
LIANDONG_LETTERS = {"phone_code": "liandong.citizen.queries.letter_of_code"}
LIANDONG_NOTICE_SAMPLE = "liandong.cases.notices.sample_for"
# Ways out; each is off without its address. Secrets stand in the environment only: docs/operations/notify.md.
LIANDONG_SMTP_URL = env.str("LIANDONG_SMTP_URL", "")
LIANDONG_SMTP_FROM = env.str("LIANDONG_SMTP_FROM", "")
LIANDONG_SMS_URL = env.str("LIANDONG_SMS_URL", "")
LIANDONG_SMS_REQUEST = env.str("LIANDONG_SMS_REQUEST", '{"ref": "{ref}", "to": "{to}", "text": "{text}"}')
LIANDONG_SMS_IS_FORM = env.bool("LIANDONG_SMS_IS_FORM", False)
LIANDONG_SMS_HEADERS = env.str("LIANDONG_SMS_HEADERS", "{}")
LIANDONG_SMS_OK = env.str("LIANDONG_SMS_OK", "code=0")
LIANDONG_SMS_ID = env.str("LIANDONG_SMS_ID", "id")
LIANDONG_SMS_KNOWS_REF = env.bool("LIANDONG_SMS_KNOWS_REF", False)
LIANDONG_SMS_ASK_URL = env.str("LIANDONG_SMS_ASK_URL", "")
LIANDONG_SMS_RECEIPT_SECRET = env.str("LIANDONG_SMS_RECEIPT_SECRET", "")
LIANDONG_SMPP_URL = env.str("LIANDONG_SMPP_URL", "")
LIANDONG_WECOM_ROBOTS = env.str("LIANDONG_WECOM_ROBOTS", "{}")
LIANDONG_DINGTALK_ROBOTS = env.str("LIANDONG_DINGTALK_ROBOTS", "{}")
# Seconds a gateway is given, and days after which the words of a message are forgotten.
LIANDONG_GATEWAY_SECONDS = env.float("LIANDONG_GATEWAY_SECONDS", 10.0)
LIANDONG_MESSAGE_DAYS = env.int("LIANDONG_MESSAGE_DAYS", 180)
# Channels: which there are, which are open under which keys and where they lead (docs/operations/channels.md), days for
# which something waits for its order, after which what was kept of messages is dropped, and after which rows are.
LIANDONG_CHANNELS = "liandong.project.channels.CHANNELS"
LIANDONG_CHANNEL_WAYS = env.str("LIANDONG_CHANNEL_WAYS", "{}")
LIANDONG_CHANNEL_WAIT_DAYS = env.int("LIANDONG_CHANNEL_WAIT_DAYS", 7)
LIANDONG_CHANNEL_CONTENT_DAYS = env.int("LIANDONG_CHANNEL_CONTENT_DAYS", 30)
LIANDONG_CHANNEL_DAYS = env.int("LIANDONG_CHANNEL_DAYS", 400)
# Minutes within which an alarm that is raised again joins its open case.
LIANDONG_CHANNEL_JOIN_MINUTES = env.int("LIANDONG_CHANNEL_JOIN_MINUTES", 30)
# Mailboxes by district, `{"310199": "imaps://user:password@host/INBOX"}`; seconds between two looks, the largest mail
# that is fetched, and how many mails of one address become cases in a day.
LIANDONG_MAILBOXES = env.str("LIANDONG_MAILBOXES", "{}")
LIANDONG_MAILBOX_SECONDS = env.float("LIANDONG_MAILBOX_SECONDS", 60.0)
LIANDONG_MAIL_BYTES = env.int("LIANDONG_MAIL_BYTES", 30_000_000)
LIANDONG_MAILS_A_DAY = env.int("LIANDONG_MAILS_A_DAY", 30)
# Calls: secrets of telephone systems by district, `{"310198": "…"}` or a list while one is exchanged; what the
# simulator signs with for a demo district; days after which the number of a caller is destroyed.
LIANDONG_CALL_SECRETS = env.str("LIANDONG_CALL_SECRETS", "{}")
LIANDONG_CALL_DEMO_SECRET = HOME.secret("calls")
LIANDONG_CALL_DAYS = env.int("LIANDONG_CALL_DAYS", 30)
# Seals what identifies reporters; losing it loses their names for good.
SEALING_KEY = HOME.secret("sealing")

# How many calls a key may make in a minute unless it has a number of its own, and who counts them.
LIANDONG_API_PER_MINUTE = env.int("LIANDONG_API_PER_MINUTE", 600)
LIANDONG_METER = "liandong.exchange.metering.count_call"
LIANDONG_MAP_LAYERS = "liandong.project.map_layers.LAYERS"
# Webhooks: origins that may be plain or inside the house, seconds for a receiver, couriers, days deliveries are kept.
LIANDONG_WEBHOOK_ORIGINS: list[str] = env.list("LIANDONG_WEBHOOK_ORIGINS", [])
LIANDONG_WEBHOOK_SECONDS = env.float("LIANDONG_WEBHOOK_SECONDS", 10.0)
LIANDONG_WEBHOOK_COURIERS = env.int("LIANDONG_WEBHOOK_COURIERS", 4)
LIANDONG_WEBHOOK_DAYS = env.int("LIANDONG_WEBHOOK_DAYS", 30)

# Maps from elsewhere: origins that may be plain or inside the house, seconds for a tile and how long a page waits for
# one, where tiles are kept, how many megabytes and days.
LIANDONG_TILE_ORIGINS: list[str] = env.list("LIANDONG_TILE_ORIGINS", [])
LIANDONG_TILE_SECONDS = env.float("LIANDONG_TILE_SECONDS", 4.0)
LIANDONG_TILE_PATIENCE = env.float("LIANDONG_TILE_PATIENCE", 0.3)
LIANDONG_TILES = HOME.path / "tiles"
LIANDONG_TILE_MEGABYTES = env.int("LIANDONG_TILE_MEGABYTES", 500)
LIANDONG_TILE_DAYS = env.int("LIANDONG_TILE_DAYS", 180)

SESSION_ENGINE = "liandong.people.session_store"
# A session ends so many hours after it was last used.
SESSION_COOKIE_AGE = env.int("LIANDONG_SESSION_HOURS", 12) * 3600
SESSION_COOKIE_NAME = "liandong-session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "liandong.web.errors.form_expired"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
# Only what a proxy we trust says about the outer connection is believed; uvicorn drops it from anyone else.
LIANDONG_PROXIES = env.str("LIANDONG_PROXIES", "127.0.0.1")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [CLONE / "liandong" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
# Filled at set-up, not in LIANDONG_HOME: it belongs to the installed version, not to the state.
STATIC_ROOT = Path(env.str("LIANDONG_STATIC", str(CLONE / ".static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "liandong.project.static_files.HashedStaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# The server refuses larger requests by name; Django's own limit is for what is held in memory.
LIANDONG_MAX_UPLOAD = env.int("LIANDONG_MAX_UPLOAD", 50_000_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
MEDIA_ROOT = HOME.uploads
# Attachments: the most bytes by kind, what one account may send in a day, how long an unfinished upload is kept, and
# how much of the disk stays free.
LIANDONG_UPLOAD_LIMITS = {
    "photo": 20_000_000,
    "audio": 100_000_000,
    "video": 500_000_000,
    "pdf": 50_000_000,
    "office": 50_000_000,
} | env.dict("LIANDONG_UPLOAD_LIMITS", {}, subcast_values=int)
LIANDONG_UPLOAD_QUOTA = env.int("LIANDONG_UPLOAD_QUOTA", 5_000_000_000)
LIANDONG_UPLOAD_HOURS = env.int("LIANDONG_UPLOAD_HOURS", 24)
LIANDONG_UPLOAD_RESERVE = env.int("LIANDONG_UPLOAD_RESERVE", 1_000_000_000)
# A virus scanner (`tcp://host:3310` or `unix:/path`), and what happens to a file while it is away: `hold` or `pass`.
LIANDONG_CLAMD = env.str("LIANDONG_CLAMD", "")
LIANDONG_CLAMD_TIMEOUT = env.int("LIANDONG_CLAMD_TIMEOUT", 30)
LIANDONG_SCAN_AWAY = env.str("LIANDONG_SCAN_AWAY", "hold")
# How often citizens may do what, where other limits are wanted (docs/operations/citizens.md): `report_address=200`.
LIANDONG_CITIZEN_LIMITS: dict[str, int] = env.dict("LIANDONG_CITIZEN_LIMITS", {}, subcast_values=int)
# Seconds below which nobody fills in a report by hand.
LIANDONG_CITIZEN_SECONDS = env.int("LIANDONG_CITIZEN_SECONDS", 3)
# The ASGI application behind /events/, and what a worker follows and does by the clock.
LIANDONG_LIVE = "liandong.people.live.stream_app"
LIANDONG_FOLLOWERS = "liandong.project.subscriptions.FOLLOWERS"
LIANDONG_SCHEDULE = "liandong.project.schedule.SCHEDULE"
# What runs beside the worker in threads of its own, because it may hang: the senders of messages, to people and to
# other platforms, the couriers of webhooks, and whoever reads mailboxes.
LIANDONG_BESIDE = [
    "liandong.notify.sending.send_messages",
    "liandong.intake_channels.sending.send_departures",
    "liandong.intake_channels.mailboxes.fetch_mails",
    "liandong.exchange.sending.send_webhooks",
]
# Logs are set up once per process, before Django: see liandong.project.logs.
LOGGING_CONFIG = None
