"""XML as others send it: read without a document type, an entity, a comment or a network; or not at all."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from virtaama.portal.core.sign_in.failures import SignInFailed, Why

Element = Any  # lxml carries no types

LARGEST: Final = 300_000  # bytes of a message
NAMES: Final = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xenc": "http://www.w3.org/2001/04/xmlenc#",
    "mdui": "urn:oasis:names:tc:SAML:metadata:ui",
    "mdattr": "urn:oasis:names:tc:SAML:metadata:attribute",
}


def tag(name: str) -> str:
    """`saml:Assertion` as lxml writes it."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


def read(content: bytes, *, largest: int = LARGEST) -> Element:
    """The root of a document; SignInFailed where it is none, is too large, or brings a document type."""
    if len(content) > largest:
        raise SignInFailed(Why.UNREADABLE)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise SignInFailed(Why.UNREADABLE) from None
    told = root.getroottree().docinfo
    if told.doctype or told.internalDTD is not None or next(root.iter(etree.Entity), None) is not None:
        raise SignInFailed(Why.UNREADABLE)
    return root


def alone(element: Element) -> bytes:
    """An element as a document of its own."""
    written: bytes = etree.tostring(element, with_tail=False)
    return written


def every(element: Element, path: str) -> list[Element]:
    """The elements a path leads to: `saml:Subject/saml:NameID`."""
    found: list[Element] = element.findall(path, namespaces=NAMES)
    return found


def only(element: Element, path: str, why: Why = Why.INCOMPLETE) -> Element:
    """The one element a path leads to; SignInFailed where there is none, or more than one."""
    found = every(element, path)
    if len(found) != 1:
        raise SignInFailed(why)
    return found[0]


def text_of(element: Element | None) -> str:
    """All text of an element: not only what stands before the first thing in it."""
    return "" if element is None else "".join(element.itertext()).strip()
