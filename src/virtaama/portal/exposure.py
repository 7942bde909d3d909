"""Who can reach the portal, and what is refused where others than this machine can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self

from virtaama.problems import NotReady
from virtaama.project.demo_users import DemoUser

SHIPPED_PASSWORDS = frozenset({"virtaava-koski"})
SHORTEST_PASSWORD = 12


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Where the portal is served, under which names, and by whose hands requests come."""

    address: str = "127.0.0.1"
    hosts: tuple[str, ...] = ()  # names under which a proxy with TLS passes requests on
    proxies: tuple[str, ...] = ()  # addresses of proxies on other machines
    debug: bool = False

    @classmethod
    def read(cls, environment: Mapping[str, str], host: str = "") -> Self:
        """From the variables of the environment; the host people reach the portal at is one more name."""
        hosts = _listed(environment.get("VIRTAAMA_HOSTS", ""))
        if host and not is_loopback(host):
            hosts = tuple(dict.fromkeys((*hosts, host)))
        return cls(
            address=environment.get("VIRTAAMA_ADDRESS", "127.0.0.1"),
            hosts=hosts,
            proxies=_listed(environment.get("VIRTAAMA_PROXIES", "")),
            debug=environment.get("VIRTAAMA_DEBUG", "") == "1",
        )

    @property
    def to_others(self) -> bool:
        """Whether others than this machine can reach the portal; then all of it travels by TLS."""
        return bool(self.hosts) or not is_loopback(self.address)

    def trusts(self, address: str) -> bool:
        """Whether what comes from this address may say whose request it passes on."""
        return is_loopback(address) or address in self.proxies

    def check(self) -> None:
        """NotReady where serving so would be unsafe."""
        if self.debug and self.to_others:
            raise NotReady(
                "VIRTAAMA_DEBUG shows the inside of the portal to everyone who reaches "
                f"{', '.join(self.hosts) or self.address}.\n"
                "  Unset it, or serve on 127.0.0.1 without VIRTAAMA_HOSTS."
            )
        if not is_loopback(self.address) and not (self.hosts and self.proxies):
            raise NotReady(
                f"Others can reach {self.address}, and nothing says how they come by TLS.\n"
                "  Serve on 127.0.0.1 behind a proxy on this machine. For one on another machine set VIRTAAMA_HOSTS\n"
                "  (the names people use) and VIRTAAMA_PROXIES (its addresses): docs/how-to/run-for-real.md."
            )

    def check_demo(self, users: Iterable[DemoUser]) -> None:
        """NotReady where others can reach a demo whose passwords everybody knows."""
        for user in users:
            if self.to_others and (
                user.password in SHIPPED_PASSWORDS or len(user.password) < SHORTEST_PASSWORD
            ):
                raise NotReady(
                    f"The demo user '{user.name}' has a password everybody knows or can guess, and others reach "
                    "this portal.\n"
                    f"  Give each of demo_users in access.yaml one of its own, {SHORTEST_PASSWORD} characters or "
                    "longer, or serve on 127.0.0.1."
                )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
