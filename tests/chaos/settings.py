"""Settings of the workers that these tests kill: those of the suite, with seconds in place of minutes."""

import os

from config.settings.test import *  # noqa: F403 -- a settings module is its base plus what differs
from config.settings.test import CELERY_BEAT_SCHEDULE

LOCAL_MAILBOX = False
JOB_LEASE_SECONDS = 2
MAIL_LEASE_SECONDS = 3
DOCUMENTS_DIR = os.environ["CHAOS_DOCUMENTS"]
CELERY_BEAT_SCHEDULE_FILENAME = os.environ["CHAOS_SCHEDULE"]
for _entry in CELERY_BEAT_SCHEDULE.values():
    if isinstance(_entry["schedule"], float):
        _entry["schedule"] = 0.5
        _entry["options"] = _entry.get("options", {}) | {"expires": 5}
