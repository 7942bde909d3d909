"""What a project says about the county's own sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.shape import members, text, texts, words
from virtaama.problems import Problem

SIGN_IN = members(
    "The county's own sign-in, by OpenID Connect.",
    {
        "address": text("Where people reach the portal: https://portal.example.fi."),
        "issuer": text("The provider of identities, as it names itself."),
        "client_id": text("What the provider calls the portal."),
        "contact": words("Whom someone asks who has no right to the portal."),
        "label": words("What the button of the sign-in says."),
        "groups": text("The claim that holds a person's groups; a dot leads inside: realm_access.roles."),
        "account": text("The claim a person is known by here, the same for ever."),
        "scopes": texts("What the provider is asked for besides openid."),
        "levels": texts(
            "Levels of assurance (acr) that are accepted; any where nothing is said.", minItems=1
        ),
    },
    required=("address", "issuer", "client_id", "contact"),
)
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
    scopes: tuple[str, ...] = ("profile",)
    levels: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host of the portal's own address."""
        return urlsplit(self.address).hostname or ""

    @property
    def host_of_issuer(self) -> str:
        return urlsplit(self.issuer).hostname or ""


def parse_sign_in(root: Entry) -> SignIn | None:
    """What virtaama.yaml says of the sign-in; `root` is the whole of it. None where it says nothing."""
    entry = root.member("sign_in")
    if entry is None:
        return None
    return SignIn(
        address=entry.text("address").rstrip("/"),
        issuer=entry.text("issuer"),
        client_id=entry.text("client_id"),
        contact=entry.words("contact"),
        label=entry.words("label") if entry.member("label") else LABEL,
        groups=entry.text("groups", "groups"),
        account=entry.text("account", "sub"),
        scopes=entry.texts("scopes") or ("profile",),
        levels=entry.texts("levels"),
    )


def problems_of_sign_in(root: Entry) -> Iterator[Problem]:
    """Addresses nobody could sign in by safely."""
    entry = root.member("sign_in")
    if entry is None:
        return
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


def is_safe(address: str) -> bool:
    """Whether what is said to this address stays between the two: by TLS, or on this machine."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:  # half a bracket, or a port that is no number
        return False
    by_tls = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return by_tls and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
