"""Settings of the toy project."""

from __future__ import annotations

import os
from pathlib import Path

from liandong.project.home import Home

HOME = Home(Path(os.environ["LIANDONG_HOME"]))
SECRET_KEY = "toy"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["liandong.project"]
MIDDLEWARE = ["liandong.web.middleware.Refusals", "django.middleware.locale.LocaleMiddleware"]
ROOT_URLCONF = "tests.running.toy.pages"
DATABASES = {"default": HOME.database(os.environ.get("DATABASE_URL", ""))}
LANGUAGE_CODE = "zh-hans"
USE_TZ = True
LOGGING_CONFIG = None
LIANDONG_MAX_UPLOAD = 2_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
LIANDONG_PROXIES = "127.0.0.1"
LIANDONG_LIVE = "tests.running.toy.pages.live"
LIANDONG_FOLLOWERS = "tests.running.toy.pages.FOLLOWERS"
LIANDONG_SCHEDULE = "tests.running.toy.pages.SCHEDULE"
LIANDONG_BESIDE: list[str] = []
