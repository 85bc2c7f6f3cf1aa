import warnings

from celery.exceptions import CPendingDeprecationWarning
from celery.worker.consumer.consumer import CANCEL_TASKS_BY_DEFAULT
from django.conf import settings

from config.celery import keep_quiet_about_our_choice


def test_advice_against_our_choice_is_not_shown():
    assert settings.CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS is False
    with warnings.catch_warnings(record=True) as shown:
        # As Celery does when it sets its logs up.
        warnings.filterwarnings("always", category=CPendingDeprecationWarning)
        warnings.warn(CANCEL_TASKS_BY_DEFAULT, CPendingDeprecationWarning, stacklevel=1)
        assert len(shown) == 1
        keep_quiet_about_our_choice()
        warnings.warn(CANCEL_TASKS_BY_DEFAULT, CPendingDeprecationWarning, stacklevel=1)
        warnings.warn("another", CPendingDeprecationWarning, stacklevel=1)
    assert [str(one.message) for one in shown[1:]] == ["another"]
