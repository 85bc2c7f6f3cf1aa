import pytest
from cryptography.fernet import Fernet

from lib.crypto import Cipher, CipherKeyError, DecryptionError, generate_key

OLD, NEW = generate_key(), generate_key()


def test_round_trip():
    cipher = Cipher([NEW])
    token = cipher.encrypt(b"titre de sejour")
    assert b"sejour" not in token
    assert cipher.decrypt(token) == b"titre de sejour"
    assert Fernet(NEW).decrypt(token) == b"titre de sejour"


def test_the_first_key_encrypts_and_all_decrypt():
    token = Cipher([OLD]).encrypt(b"x")
    both = Cipher([NEW, f" {OLD}\n"])
    assert both.decrypt(token) == b"x"
    assert Fernet(NEW).decrypt(both.encrypt(b"y")) == b"y"


def test_rotation_leaves_the_old_key():
    rotated = Cipher([NEW, OLD]).rotate(Cipher([OLD]).encrypt(b"x"))
    assert Cipher([NEW]).decrypt(rotated) == b"x"
    with pytest.raises(DecryptionError):
        Cipher([OLD]).decrypt(rotated)


@pytest.mark.parametrize("act", [Cipher.decrypt, Cipher.rotate])
def test_altered_or_foreign_bytes_are_refused(act):
    token = bytearray(Cipher([NEW]).encrypt(b"x"))
    token[20] ^= 1
    for bad in (bytes(token), Cipher([OLD]).encrypt(b"x"), b"", b"plain"):
        with pytest.raises(DecryptionError):
            act(Cipher([NEW]), bad)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], "No encryption key"),
        ([""], "key 1 is malformed"),
        ([NEW, "abc"], "key 2 is malformed"),
        pytest.param(NEW, "a list", id="a key alone"),
    ],
)
def test_missing_or_malformed_keys_fail_loudly(keys, message):
    with pytest.raises(CipherKeyError, match=message) as error:
        Cipher(keys)
    assert NEW not in str(error.value)
