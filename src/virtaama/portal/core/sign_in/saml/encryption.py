"""Elements that were encrypted for the portal (XML Encryption 1.1): AES-GCM, its key by RSA-OAEP."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.saml.xml import Element, every, only, read, text_of

_CIPHERS: Final = {f"http://www.w3.org/2009/xmlenc11#aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)}
"""Ciphers that notice a change. Those of XML Encryption 1.0 (CBC) let whoever sends variants read what is inside."""
_OAEP: Final = (
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    "http://www.w3.org/2009/xmlenc11#rsa-oaep",
)
_DIGESTS: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    "": hashes.SHA1,  # what the standard means where nothing is said; in OAEP it protects no signature
    "http://www.w3.org/2000/09/xmldsig#sha1": hashes.SHA1,
    "http://www.w3.org/2001/04/xmlenc#sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashes.SHA512,
}
_MASKS: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    "": hashes.SHA1,
    "http://www.w3.org/2009/xmlenc11#mgf1sha1": hashes.SHA1,
    "http://www.w3.org/2009/xmlenc11#mgf1sha256": hashes.SHA256,
    "http://www.w3.org/2009/xmlenc11#mgf1sha384": hashes.SHA384,
    "http://www.w3.org/2009/xmlenc11#mgf1sha512": hashes.SHA512,
}
_IV, _TAG = 12, 16  # bytes


def decrypted(holder: Element, key: rsa.RSAPrivateKey) -> Element:
    """The element inside a saml:EncryptedAssertion or saml:EncryptedID. Any fault is told as the same one."""
    data = only(holder, "xenc:EncryptedData", Why.ENCRYPTION)
    size = _CIPHERS.get(_way(data))
    if size is None:
        raise SignInFailed(Why.ENCRYPTION)
    # The key stands in the data, or beside it.
    keys = every(data, "ds:KeyInfo/xenc:EncryptedKey") or every(holder, "xenc:EncryptedKey")
    if len(keys) != 1:
        raise SignInFailed(Why.ENCRYPTION)
    sealed = _bytes_of(data)
    if len(sealed) <= _IV + _TAG:
        raise SignInFailed(Why.ENCRYPTION)
    try:
        secret = key.decrypt(_bytes_of(keys[0]), _padding(keys[0]))
        if len(secret) != size:
            raise ValueError("another size of key")
        content = AESGCM(secret).decrypt(sealed[:_IV], sealed[_IV:], None)
    except (ValueError, InvalidTag):
        raise SignInFailed(Why.ENCRYPTION) from None
    return read(content)


def _padding(of: Element) -> OAEP:
    if _way(of) not in _OAEP:
        raise SignInFailed(Why.ENCRYPTION)
    method = only(of, "xenc:EncryptionMethod", Why.ENCRYPTION)
    digest = every(method, "ds:DigestMethod")
    masks = [each for each in method if each.tag == "{http://www.w3.org/2009/xmlenc11#}MGF"]
    try:
        return OAEP(
            mgf=MGF1(_MASKS[masks[0].get("Algorithm", "") if masks else ""]()),
            algorithm=_DIGESTS[digest[0].get("Algorithm", "") if digest else ""](),
            label=None,
        )
    except KeyError:
        raise SignInFailed(Why.ENCRYPTION) from None


def _way(element: Element) -> str:
    return str(only(element, "xenc:EncryptionMethod", Why.ENCRYPTION).get("Algorithm", ""))


def _bytes_of(element: Element) -> bytes:
    written = text_of(only(element, "xenc:CipherData/xenc:CipherValue", Why.ENCRYPTION))
    try:
        return b64decode("".join(written.split()), validate=True)
    except ValueError:
        raise SignInFailed(Why.ENCRYPTION) from None
