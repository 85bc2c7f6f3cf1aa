"""Encryption of stored documents: Fernet keys, the first encrypts, all decrypt, so that keys can be changed."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class CipherKeyError(ValueError):
    """A key is missing or malformed; the message says which one, never its value."""


class DecryptionError(ValueError):
    """The bytes were not encrypted with any of the keys, or were altered."""


class Cipher:
    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: url-safe base64 of 32 bytes each, newest first."""
        if isinstance(keys, str):
            raise CipherKeyError("Give a list of keys, not one string.")
        if not keys:
            raise CipherKeyError(f"No encryption key. Make one with: {GENERATE}")
        self._fernet = MultiFernet([_fernet(key, rank) for rank, key in enumerate(keys, 1)])

    def encrypt(self, data: bytes) -> bytes:
        """About 4/3 of the size of `data`, held in memory."""
        return self._fernet.encrypt(data)

    def decrypt(self, token: bytes) -> bytes:
        """Raises DecryptionError."""
        try:
            return self._fernet.decrypt(token)
        except InvalidToken as error:
            raise DecryptionError("Not encrypted with any of the keys, or altered.") from error

    def rotate(self, token: bytes) -> bytes:
        """The same content encrypted with the first key. Raises DecryptionError."""
        try:
            return self._fernet.rotate(token)
        except InvalidToken as error:
            raise DecryptionError("Not encrypted with any of the keys, or altered.") from error


GENERATE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


def generate_key() -> str:
    return Fernet.generate_key().decode()


def _fernet(key: str, rank: int) -> Fernet:
    try:
        return Fernet(key.strip())
    except ValueError as error:
        raise CipherKeyError(f"Encryption key {rank} is malformed. Make one with: {GENERATE}") from error
