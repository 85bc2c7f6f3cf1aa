"""`make run`: one machine, embedded servers, mails kept in a local page."""

from config.settings.base import *  # noqa: F403 -- a settings module is its base plus what differs

LOCAL_MAILBOX = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
