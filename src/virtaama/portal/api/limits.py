"""How often one may ask the API, over all workers of the portal, and how an answer says so.

The fields are those of the draft of the IETF (draft-ietf-httpapi-ratelimit-headers-10): `RateLimit-Policy` tells what
holds, `RateLimit` how many requests are left and in how many seconds there are more.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.http import HttpRequest, HttpResponse

from virtaama.portal.core.counting import count
from virtaama.privacy.quotas import Quota, Standing

READERS = Quota(name="reader", most=240, seconds=60)
"""Of each reader who is signed in."""

STRANGERS = Quota(name="stranger", most=60, seconds=60)
"""Of each address, whose requests were not accepted."""

_STANDING = "virtaama.api.standing"


def wait(request: HttpRequest, quota: Quota, whose: str) -> int:
    """Count a request; the whole seconds to wait where it is one too many, else 0."""
    let = count([(quota, whose)])
    (standing,) = let.standings
    request.META[_STANDING] = standing
    return standing.more_in if let.held_back else 0


def tell(request: HttpRequest, response: HttpResponse) -> None:
    """Say in the answer what holds for whoever asked, and how they stand; nothing where nobody was counted."""
    standing: Standing | None = request.META.get(_STANDING)
    if standing is None:
        return
    quota = standing.quota
    response.headers["RateLimit-Policy"] = f'"{quota.name}";q={quota.most};w={quota.seconds}'
    response.headers["RateLimit"] = f'"{quota.name}";r={standing.left};t={standing.more_in}'


def network_of(address: str) -> str:
    """What strangers are counted by: an address; of IPv6 the network of a line, whose addresses are endless."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{address}/64", strict=False)) if isinstance(found, IPv6Address) else address
