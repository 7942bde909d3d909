"""What the portal says of itself to a provider: its addresses, its certificate, and what it asks for."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from virtaama.model.concepts import Text
from virtaama.portal.core.sign_in.saml.idp_metadata import POST, REDIRECT
from virtaama.portal.core.sign_in.saml.xml import NAMES, tag

_LANGUAGES: Final = ("fi", "sv", "en")
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_URI: Final = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
_METHODS: Final = "FinnishAuthMethod"
"""The attribute by which Suomi.fi is told which levels of assurance a service accepts (metadata guide, read on
26 November 2026: kehittajille.suomi.fi, e-Identification, Creating metadata for the e-service)."""


def our_metadata(
    *,
    named: str,
    certificate: x509.Certificate,
    answers: str,
    sign_out: str,
    levels: Sequence[str],
    attributes: Sequence[str],
    transient: bool,
    service: Text,
    county: Text,
    address: str,
) -> bytes:
    """The portal's metadata as XML. `answers` and `sign_out` are where messages of the provider come to.

    `transient`: people are known by an attribute, and need no lasting name between the provider and the portal.
    """
    root = etree.Element(tag("md:EntityDescriptor"), entityID=named, nsmap=dict(NAMES))
    if levels:
        told = etree.SubElement(etree.SubElement(root, tag("md:Extensions")), tag("mdattr:EntityAttributes"))
        method = etree.SubElement(told, tag("saml:Attribute"), Name=_METHODS, NameFormat=_URI)
        for level in levels:
            etree.SubElement(method, tag("saml:AttributeValue")).text = level
    portal = etree.SubElement(
        root,
        tag("md:SPSSODescriptor"),
        AuthnRequestsSigned="true",
        WantAssertionsSigned="true",
        protocolSupportEnumeration=_PROTOCOL,
    )
    shown = etree.SubElement(etree.SubElement(portal, tag("md:Extensions")), tag("mdui:UIInfo"))
    _in_languages(shown, "mdui:DisplayName", service)
    _in_languages(shown, "mdui:Description", service)
    der = b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
    for use in ("signing", "encryption"):
        key = etree.SubElement(portal, tag("md:KeyDescriptor"), use=use)
        data = etree.SubElement(etree.SubElement(key, tag("ds:KeyInfo")), tag("ds:X509Data"))
        etree.SubElement(data, tag("ds:X509Certificate")).text = der
        if use == "encryption":
            for way in (
                "http://www.w3.org/2009/xmlenc11#aes256-gcm",
                "http://www.w3.org/2009/xmlenc11#aes128-gcm",
            ):
                etree.SubElement(key, tag("md:EncryptionMethod"), Algorithm=way)
    for binding in (REDIRECT, POST):
        etree.SubElement(portal, tag("md:SingleLogoutService"), Binding=binding, Location=sign_out)
    etree.SubElement(portal, tag("md:NameIDFormat")).text = TRANSIENT if transient else PERSISTENT
    etree.SubElement(
        portal,
        tag("md:AssertionConsumerService"),
        Binding=POST,
        Location=answers,
        index="0",
        isDefault="true",
    )
    asked = etree.SubElement(portal, tag("md:AttributeConsumingService"), index="0")
    _in_languages(asked, "md:ServiceName", service)
    for name in attributes:
        etree.SubElement(asked, tag("md:RequestedAttribute"), Name=name, NameFormat=_URI)
    county_told = etree.SubElement(root, tag("md:Organization"))
    _in_languages(county_told, "md:OrganizationName", county)
    _in_languages(county_told, "md:OrganizationDisplayName", county)
    _in_languages(county_told, "md:OrganizationURL", Text(address, address, address))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _in_languages(parent: etree._Element, name: str, words: Text) -> None:
    for language in _LANGUAGES:
        each = etree.SubElement(parent, tag(name))
        each.set(_LANGUAGE, language)
        each.text = words.in_language(language)
