import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()

from tenants.startup import refuse_unsafe_start  # noqa: E402 -- Django must be set up first

refuse_unsafe_start()

# Every view is loaded before the first request. All this stays to the end of the process: the collector need not walk
# through it again in the midst of a page, which took up to a third of its time.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
