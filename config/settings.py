"""The one settings file. Every reading of the environment happens here and fails loudly.

Without any environment the embedded default runs: SQLite, a broker of files, mail shown in an outbox,
reachable from this machine only. `.env.example` lists every variable.
"""

import os
import secrets
from pathlib import Path

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", override=False)
# A variable that is set to nothing, as in a copied .env.example, is not set.
for _name in ("ALLOWED_HOSTS", "DATABASE_URL", "DATA_DIR", "SITE_URL", "DEFAULT_FROM_EMAIL", "TEST_DATABASE_NAME"):
    if os.environ.get(_name) == "":
        del os.environ[_name]


def private_key(folder: Path) -> str:
    """Return the key kept in `folder`, making it on first use: 50 random characters, readable by the owner."""
    path = folder / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text().strip()
        if not key:
            raise ImproperlyConfigured(f"{path} is empty: delete it, or set SECRET_KEY.") from None
        return key
    with os.fdopen(descriptor, "w") as handle:
        key = secrets.token_urlsafe(50)
        handle.write(key)
    return key


# Where everything that this installation writes lives: database, uploads, models, outbox, broker files.
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [])
# No public name means that only this machine is served, and then a few things may be simpler.
EMBEDDED = not ALLOWED_HOSTS
if EMBEDDED:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    SECRET_KEY = env.str("SECRET_KEY", "") or private_key(DATA_DIR)
else:
    SECRET_KEY = env.str("SECRET_KEY", validate=validate.Length(min=40))
# Earlier keys, under which links and secrets made before the change still open.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [])
# Mails of this machine's own server lead to the port on which it listens.
_PORT = env.str("BIND", "").rpartition(":")[2] or "8000"
SITE_URL = env.str("SITE_URL", f"http://localhost:{_PORT}" if EMBEDDED else f"https://{ALLOWED_HOSTS[0]}").rstrip("/")
SECURE = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "auditlog",
    "bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_countries",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
    "taxonomy",
    "accounts",
    "companies",
    "investors",
    "deals",
    "matching",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages; files of the site are compressed once, before.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.ViewingMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "accounts.context.site",
            ],
        },
    }
]

# --- Data ---------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'rongqiao.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that reads first and writes later must not find that another writer was faster.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Statistics group by long expressions: compiling these takes longer than reading 300,000 deals by them, and they are
    # to be sorted and hashed in memory. Workers within a query would each look up anew who is in a category.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c jit=off -c work_mem=32MB -c max_parallel_workers_per_gather=0"
    )
else:
    raise ImproperlyConfigured("DATABASE_URL must be a postgres:// or a sqlite:// address.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Two suites on one machine keep out of each other's way. A file also for SQLite: worker processes must reach it.
DATABASES["default"]["TEST"] = {
    "NAME": env.str(
        "TEST_DATABASE_NAME",
        str(DATA_DIR / "test.sqlite3") if DATABASES["default"]["ENGINE"].endswith("sqlite3") else None,
    )
}

REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": env.str("REDIS_PREFIX", "rongqiao"),
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "django_cache",
            # The page of the study alone keeps sixty figures and charts.
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storage.StaticStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"
MEDIA_URL = "/files/"
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]

# The largest file of a market that `import_market` reads, in megabytes.
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_MB", 100) * 1_000_000

# --- Celery -------------------------------------------------------------------------------------------------------

CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", "rongqiao")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # A task that runs longer than this is handed to a second worker: longer than any shard and any training.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 6 * 3600,
        "global_keyprefix": env.str("REDIS_PREFIX", "rongqiao") + ":",
    }
else:
    CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT = "filesystem://localhost", "config.broker:Transport"
    for part in ("queue", "control", "processed"):
        (DATA_DIR / "broker" / part).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker" / "queue"),
        "data_folder_out": str(DATA_DIR / "broker" / "queue"),
        "control_folder": str(DATA_DIR / "broker" / "control"),
        "processed_folder": str(DATA_DIR / "broker" / "processed"),
        "polling_interval": 0.2,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "scheduler")
# Seconds between two looks at what the broker may have lost.
MATCHING_SWEEP_SECONDS = env.int("MATCHING_SWEEP_SECONDS", 20)
# Seconds for which a worker may hold a shard without a sign of life.
MATCHING_LEASE_SECONDS = env.int("MATCHING_LEASE_SECONDS", 120)
# Subjects that one shard ranks (0: as many as take a few seconds), and how many recommendations each of them keeps.
MATCHING_SHARD_SIZE = env.int("MATCHING_SHARD_SIZE", 0)
MATCHING_LIST_LENGTH = env.int("MATCHING_LIST_LENGTH", 50)
# For how long a page of statistics counts and draws before it answers; what is left comes after it.
STATISTICS_PAGE_SECONDS = env.float("STATISTICS_PAGE_SECONDS", 0.7)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "matching.tasks.sweep", "schedule": MATCHING_SWEEP_SECONDS},
    "expire-introductions": {"task": "deals.tasks.expire_introductions", "schedule": crontab(minute=7)},
    # Half of the minute within which a verified deal is to show in figures that are ready.
    "refresh-statistics": {"task": "deals.tasks.refresh_statistics", "schedule": 30, "options": {"expires": 30}},
    "seek-duplicates": {"task": "deals.tasks.seek_duplicates", "schedule": crontab(minute="4-59/10")},
    # Every hour it is Monday morning somewhere.
    "send-digests": {"task": "accounts.tasks.send_digests", "schedule": crontab(minute=12)},
    # Every hour, so that a day on which the scheduler was away in the morning is not lost; once a day for each search.
    "alert-searches": {"task": "deals.tasks.alert_searches", "schedule": crontab(hour="8-20", minute=17)},
    "nudge-stale": {"task": "accounts.tasks.nudge_stale", "schedule": crontab(hour=9, minute=30)},
    "sweep-drafts": {"task": "accounts.tasks.sweep_drafts", "schedule": crontab(hour=4, minute=40)},
    "nightly-run": {"task": "matching.tasks.nightly_run", "schedule": crontab(hour=3, minute=20)},
}

# --- People -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupDetails"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# In the browser that signed up; elsewhere the link confirms and leads to the log-in.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
# Whoever adds, removes or chooses an address gives the password once more.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "landing"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A device that is trusted once is a second step that is left out from then on.
MFA_TRUST_ENABLED = False
MFA_TOTP_ISSUER = "Rongqiao 融桥"
MFA_FORMS = {
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.forms.PasskeySecondStepForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
    "login_webauthn": "accounts.forms.PasskeyLoginForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyAgainForm",
}
# Administrators and analysts read what others keep back: behind a public name their password alone is not enough.
REQUIRE_STAFF_MFA = env.bool("REQUIRE_STAFF_MFA", not (EMBEDDED or DEBUG))

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Rongqiao 融桥 <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where people reach the administrators; without it, the address of the first of them is given.
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "")
# Mail goes to an outbox that a page shows, until a real server is named.
OUTBOX_DIR = DATA_DIR / "outbox"
if env.str("EMAIL_URL", ""):
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
    OUTBOX_PAGE = False
else:
    EMAIL_BACKEND = "accounts.outbox.EmailBackend"
    # Whoever reads the outbox can take over any account: only a machine that serves itself shows it.
    OUTBOX_PAGE = EMBEDDED

# --- Language -----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 86400
USE_I18N = True
# Numbers in addresses and years must stay plain: counts and sums go through `taxonomy.display`.
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Security -----------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE and env.bool("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31536000 if SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
if SECURE and env.bool("BEHIND_PROXY", True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Limits on attempts count by the reader's address, not by the proxy's.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SECURE else []
X_FRAME_OPTIONS = "DENY"

# --- API, forms, logs ---------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "taxonomy.answers.Pages",
    "EXCEPTION_HANDLER": "taxonomy.answers.errors",
    "NON_FIELD_ERRORS_KEY": "__all__",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.AnonRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", "600/min"), "anon": "60/min"},
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Rongqiao 融桥 API",
    "DESCRIPTION": "Taxonomy, companies, raises, investors, recommendations with reasons, introductions and deals; "
    "messages, documents, saved searches, teams, claims, blocks and reports.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "list", "defaultModelsExpandDepth": -1},
    "ENUM_NAME_OVERRIDES": {
        "AmountKind": "taxonomy.facts.AmountKind",
        "Side": "deals.models.Side",
        "RegionKind": "taxonomy.models.Region.Kind",
        "RaiseStatus": "companies.models.Raise.Status",
        "RaiseAudience": "companies.models.Raise.Audience",
        "DealAudience": "deals.models.Deal.Audience",
        "DealKind": "deals.models.Deal.Kind",
        "DealStatus": "deals.models.Deal.Status",
        "ListingStatus": "deals.models.Listing.Status",
        "DatePrecision": "taxonomy.facts.DatePrecision",
        "IntroductionStatus": "deals.models.Introduction.Status",
        "PassReason": "deals.models.PassReason",
        "ReportReason": "deals.models.Report.Reason",
        "ReportStatus": "deals.models.Report.Status",
        "AccessStatus": "deals.models.Access.Status",
        "ClaimStatus": "accounts.models.ClaimStatus",
        "PipelineStage": "deals.models.Stage",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
AUDITLOG_DISABLE_REMOTE_ADDR = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"jieba": {"level": "WARNING"}},
}
