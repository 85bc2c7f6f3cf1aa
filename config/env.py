"""Typed reading of the environment: a variable that is missing or malformed stops the start with its name."""

import os

from django.core.exceptions import ImproperlyConfigured

_MISSING = object()


def _read(name: str, default: object) -> str | object:
    value = os.environ.get(name, "")
    if value != "":
        return value
    if default is _MISSING:
        raise ImproperlyConfigured(f"La variable d'environnement {name} est requise (voir .env.example).")
    return default


def env_str(name: str, default: object = _MISSING) -> str:
    return str(_read(name, default))


def env_int(name: str, default: object = _MISSING) -> int:
    value = _read(name, default)
    try:
        return int(str(value))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} doit être un nombre entier, pas {value!r}.") from error


def env_bool(name: str, default: object = _MISSING) -> bool:
    value = _read(name, default)
    if isinstance(value, bool):
        return value
    lowered = str(value).strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} doit valoir true ou false, pas {value!r}.")


def env_list(name: str, default: object = _MISSING) -> list[str]:
    value = _read(name, default)
    if isinstance(value, list):
        return value
    return [item.strip() for item in str(value).split(",") if item.strip()]
