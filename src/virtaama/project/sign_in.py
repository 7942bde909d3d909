"""What a project says about the county's own sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.shape import members, one_of, text, texts, truth, words
from virtaama.problems import Problem

SIGN_IN = members(
    "The county's own sign-in, by OpenID Connect or by SAML 2.0.",
    {
        "kind": one_of(("oidc", "saml"), "How the provider is spoken to: oidc where nothing is said."),
        "address": text("Where people reach the portal: https://portal.example.fi."),
        "contact": words("Whom someone asks who has no right to the portal."),
        "label": words("What the button of the sign-in says."),
        "groups": text(
            "The claim or attribute that holds a person's groups; in a claim a dot leads inside: "
            "realm_access.roles."
        ),
        "account": text(
            "The claim or attribute a person is known by here, the same for ever; by SAML the name of the "
            "subject where nothing is said."
        ),
        "levels": texts("Levels of assurance that are accepted; any where nothing is said.", minItems=1),
        "issuer": text("OpenID Connect: the provider of identities, as it names itself."),
        "client_id": text("OpenID Connect: what the provider calls the portal."),
        "scopes": texts("OpenID Connect: what the provider is asked for besides openid."),
        "family_name": text(
            "OpenID Connect: the claim with a person's family name, to flag openings of namesakes."
        ),
        "person": text(
            "OpenID Connect: the claim with a personal identity code, to flag openings of neighbours."
        ),
        "api_audience": text(
            "OpenID Connect: what the provider calls the API in access tokens (aud). Without it no token is taken."
        ),
        "untyped_logout": truth(
            "OpenID Connect: a word that a session is over is taken without the type logout+jwt too, from a provider "
            "that does not write it."
        ),
        "metadata": text("SAML: the file with the provider's metadata, within the project folder."),
        "entity_id": text("SAML: what the portal calls itself; the address of its metadata by itself."),
        "person_name": text("SAML: the attribute with a person's name as it is shown."),
    },
    required=("address", "contact"),
)
_ONLY = {
    "oidc": ("issuer", "client_id", "scopes", "family_name", "person", "api_audience", "untyped_logout"),
    "saml": ("metadata", "entity_id", "person_name"),
}
_NEEDED = {"oidc": ("issuer", "client_id"), "saml": ("metadata",)}
LABEL = Text(
    "Kirjaudu hyvinvointialueen tunnuksella",
    "Logga in med välfärdsområdets konto",
    "Sign in with the county's account",
)
LONGEST_NAME = 255  # what a provider may call someone
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The provider of identities a portal trusts, and how it is spoken to. Holds no secret."""

    address: str
    issuer: str
    client_id: str
    contact: Text
    label: Text = LABEL
    groups: str = "groups"
    account: str = "sub"
    family_name: str = "family_name"
    person: str = ""  # none: the sign-in does not tell who somebody is as a resident
    scopes: tuple[str, ...] = ("profile",)
    levels: tuple[str, ...] = ()
    api_audience: str = ""
    untyped_logout: bool = False

    @property
    def host(self) -> str:
        """The host of the portal's own address."""
        return urlsplit(self.address).hostname or ""

    @property
    def host_of_issuer(self) -> str:
        return urlsplit(self.issuer).hostname or ""

    @property
    def provider(self) -> str:
        """The provider as a description names it."""
        return self.host_of_issuer


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlSignIn:
    """The provider of identities a portal trusts by SAML 2.0. All that is known of it stands in a file."""

    address: str
    contact: Text
    metadata: Path
    label: Text = LABEL
    groups: str = "groups"
    account: str = ""  # the name of the subject
    levels: tuple[str, ...] = ()
    entity_id: str = ""
    person_name: str = ""  # looked for under its usual names

    @property
    def host(self) -> str:
        """The host of the portal's own address."""
        return urlsplit(self.address).hostname or ""

    @property
    def provider(self) -> str:
        """The provider as a description names it."""
        return f"SAML 2.0, {self.metadata.name}"

    @property
    def named(self) -> str:
        """What the portal calls itself."""
        return self.entity_id or f"{self.address}/kirjaudu/saml/tiedot.xml"


CountySignIn = SignIn | SamlSignIn


def parse_sign_in(root: Entry, folder: Path) -> CountySignIn | None:
    """What virtaama.yaml says of the sign-in; `root` is the whole of it. None where it says nothing."""
    entry = root.member("sign_in")
    if entry is None:
        return None
    label = entry.words("label") if entry.member("label") else LABEL
    if entry.text("kind") == "saml":
        return SamlSignIn(
            address=entry.text("address").rstrip("/"),
            contact=entry.words("contact"),
            metadata=folder / entry.text("metadata"),
            label=label,
            groups=entry.text("groups", "groups"),
            account=entry.text("account"),
            levels=entry.texts("levels"),
            entity_id=entry.text("entity_id"),
            person_name=entry.text("person_name"),
        )
    return SignIn(
        address=entry.text("address").rstrip("/"),
        issuer=entry.text("issuer"),
        client_id=entry.text("client_id"),
        contact=entry.words("contact"),
        label=label,
        groups=entry.text("groups", "groups"),
        account=entry.text("account", "sub"),
        family_name=entry.text("family_name", "family_name"),
        person=entry.text("person"),
        scopes=entry.texts("scopes") or ("profile",),
        levels=entry.texts("levels"),
        api_audience=entry.text("api_audience"),
        untyped_logout=entry.truth("untyped_logout"),
    )


def problems_of_sign_in(root: Entry) -> Iterator[Problem]:
    """What a kind of provider needs or has no use for, and addresses nobody could sign in by safely."""
    entry = root.member("sign_in")
    if entry is None:
        return
    kind = entry.text("kind", "oidc")
    for name in _NEEDED.get(kind, ()):
        if not entry.text(name):
            yield Problem(entry.place, f"sign_in has no '{name}'.", f"A provider of kind {kind} needs it.")
    for other, names in _ONLY.items():
        for name in names:
            if other != kind and entry.member(name):
                what = f"sign_in has '{name}', which a provider of kind {kind} has no use for."
                yield Problem(entry.at((name,)).place, what, "Take it out, or write kind: " + other + ".")
    for name in ("address", "issuer"):
        written = entry.text(name)
        if not written:
            continue
        place = entry.at((name,)).place
        if not is_safe(written):
            what = f"{name} of sign_in is '{written}', which is no address by TLS."
            yield Problem(place, what, "Write https://, a host and no more than a path.")
        elif name == "address" and urlsplit(written).path.strip("/"):
            yield Problem(place, "the portal is at the top of its host, so address of sign_in has no path.")
    yield from problems_of_audience(entry)


def problems_of_audience(entry: Entry) -> Iterator[Problem]:
    """A name for the API by which a token for signing in would be one for asking too."""
    if entry.text("api_audience") and entry.text("api_audience") == entry.text("client_id"):
        what = (
            "api_audience of sign_in is the client_id, so that a token for signing in would open the API too."
        )
        yield Problem(
            entry.at(("api_audience",)).place, what, "Let the provider give the API a name of its own."
        )


def is_safe(address: str) -> bool:
    """Whether what is said to this address stays between the two: by TLS, or on this machine."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:  # half a bracket, or a port that is no number
        return False
    by_tls = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return by_tls and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
