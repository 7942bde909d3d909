"""What the identity store does with keys: marks that lead to a row, and boxes that hold what the row is about."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from virtaama.keyring import Keyring
from virtaama.problems import Damaged

SURROGATE, DATA_KEY, NONCE = 16, 32, 12  # bytes

CODE = "code"
"""The kind of alias that is a personal identity code; every other kind names whose numbers it holds."""


@dataclass(slots=True)
class Closing:
    """Marks and boxes under the numbered keys of a project. A mark cannot be tried without its key."""

    keyring: Keyring
    _boxes: dict[int, AESGCM] = field(default_factory=dict, repr=False)

    def alias(self, number: int, kind: str, name: str) -> bytes:
        """The mark of what a person is known by: HMAC-SHA256 under an identity key."""
        return hmac.digest(
            self.keyring.key(f"identity-{number}"), f"alias\x1f{kind}\x1f{name}".encode(), "sha256"
        )

    def handle(self, number: int, surrogate: bytes) -> bytes:
        """The mark of a surrogate: who has the lake and the store cannot lay one beside the other."""
        return hmac.digest(self.keyring.key(f"identity-{number}"), b"person\x1f" + surrogate, "sha256")

    def forgotten_mark(self, code: str) -> bytes:
        """The mark of a code under a key that never changes, for those whose code is no longer kept."""
        return hmac.digest(self.keyring.derived("forgotten persons"), code.encode(), "sha256")

    def close(self, number: int, plain: bytes, bound: bytes) -> bytes:
        """A box (AES-256-GCM) that opens only in the row it was made for."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._box(number).encrypt(nonce, plain, bound)

    def open(self, number: int, closed: bytes, bound: bytes) -> bytes:
        """What `close` closed; Damaged where row, key or bytes are others."""
        try:
            return self._box(number).decrypt(closed[:NONCE], closed[NONCE:], bound)
        except (InvalidTag, ValueError):
            raise Damaged(
                "The identity store holds a row that its key does not open: the file has been changed.\n"
                "  Bring the store back from its safe copy: `virtaama restore`. Nothing was changed."
            ) from None

    def _box(self, number: int) -> AESGCM:
        if number not in self._boxes:
            self._boxes[number] = AESGCM(self.keyring.key(f"wrapping-{number}"))
        return self._boxes[number]


def alias_box(surrogate: bytes, kind: str, name: str) -> bytes:
    return surrogate + f"{kind}\x1f{name}".encode()


def in_alias_box(plain: bytes) -> tuple[bytes, str, str]:
    """Surrogate, kind and name."""
    kind, _, name = plain[SURROGATE:].decode().partition("\x1f")
    return plain[:SURROGATE], kind, name


@dataclass(frozen=True, slots=True)
class DataKeys:
    """The own keys of some persons, in memory for as long as they are used. Never printed."""

    _keys: Mapping[str, bytes] = field(repr=False)  # ciphers are made when used: they are large, keys are not

    @classmethod
    def of(cls, keys: Mapping[str, bytes]) -> DataKeys:
        # AES-256-SIV takes 64 bytes; the 32 that are kept are expanded.
        return cls({person: hmac.digest(key, b"virtaama direct", "sha512") for person, key in keys.items()})

    def __contains__(self, person: str) -> bool:
        return person in self._keys

    def encipher(self, person: str, field_name: str, text: str) -> str:
        """The same text of the same person in the same field gives the same result."""
        closed = AESSIV(self._keys[person]).encrypt(text.encode(), [field_name.encode()])
        return base64.b64encode(closed).decode("ascii")

    def decipher(self, person: str, field_name: str, enciphered: str) -> str:
        """What `encipher` closed; Damaged when it is of another person, another field, or changed."""
        try:
            raw = base64.b64decode(enciphered, validate=True)
            return AESSIV(self._keys[person]).decrypt(raw, [field_name.encode()]).decode()
        except (InvalidTag, ValueError):
            raise Damaged(f"A value of field {field_name} was not enciphered for this person.") from None
