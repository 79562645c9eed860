"""Who may vouch for a request: only proxies named in TRUSTED_PROXIES, whoever else says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]
Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
FORWARDING = ("HTTP_FORWARDED", "HTTP_X_FORWARDED")
FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
BITS_BEFORE_IPV4 = 96  # of an IPv6 address that carries an IPv4 one


def forwarding(get_response: Answer) -> Answer:
    """Middleware, the outermost: removes the forwarding headers that no proxy of ours sent.

    From here on `REMOTE_ADDR` is the client: the peer, or whom our proxies vouch for.
    """
    trusted = networks(settings.TRUSTED_PROXIES)

    def answer(request: HttpRequest) -> HttpResponseBase:
        peer = str(request.META.get("REMOTE_ADDR") or "")
        if is_within(peer, trusted):
            told = str(request.META.get(FORWARDED_FOR, ""))
            request.META["REMOTE_ADDR"] = client_of(peer, told, trusted)
        else:
            for name in [name for name in request.META if name.startswith(FORWARDING)]:
                del request.META[name]
        return get_response(request)

    return answer


class SocketClients:
    """The same for sockets: the `client` of their scope is the client from here on."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._trusted = networks(settings.TRUSTED_PROXIES)

    async def __call__(
        self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        peer, port = scope.get("client") or ("", 0)
        told = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
        client = client_of(str(peer), b",".join(told).decode("latin-1"), self._trusted)
        await self._application({**scope, "client": (client, port)}, receive, send)


def client_of(peer: str, forwarded_for: str, trusted: Iterable[Network]) -> str:
    """The right-most hop of `X-Forwarded-For` that no proxy of ours is; the peer without one.

    Clients write the header's beginning themselves. A hop that is no address ends the search: what
    stands left of it may be anybody's invention.
    """
    known = list(trusted)
    client = peer
    if not is_within(peer, known):
        return client
    for hop in reversed(forwarded_for.split(",")):
        address = _read(hop.strip())
        if address is None:
            break
        client = str(address)
        if not any(address in network for network in known):
            break
    return client


def networks(written: Iterable[str]) -> list[Network]:
    return [_unmapped_network(ip_network(one, strict=False)) for one in written]


def is_within(address: str, trusted: Iterable[Network]) -> bool:
    """Whether the peer is in one of the networks; a peer without an IP address is in none."""
    peer = _read(address)
    return peer is not None and any(peer in network for network in trusted)


def _read(written: str) -> Address | None:
    """An address, with a port or without; None where it is none."""
    bare = written.partition("]")[0].removeprefix("[") if written.startswith("[") else written
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return _unmapped(ip_address(bare))
    except ValueError:
        return None


def _unmapped(address: Address) -> Address:
    """An IPv4-mapped IPv6 address, as sockets for both tell them, is its IPv4 address."""
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _unmapped_network(network: Network) -> Network:
    address = _unmapped(network.network_address)
    if network.version == address.version or network.prefixlen < BITS_BEFORE_IPV4:
        return network
    return ip_network(f"{address}/{network.prefixlen - BITS_BEFORE_IPV4}")
