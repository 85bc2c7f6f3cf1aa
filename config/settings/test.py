"""The test suite: cheap password hashing, everything else as in production."""

from config.settings.base import *  # noqa: F403 -- a settings module is its base plus what differs

# Argon2 is made to be slow; the suite logs in thousands of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
LOCAL_MAILBOX = True
