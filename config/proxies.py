"""Who may vouch for a request: only proxies named in TRUSTED_PROXIES, whoever else says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]
Network = IPv4Network | IPv6Network
FORWARDING = ("HTTP_FORWARDED", "HTTP_X_FORWARDED")
BITS_BEFORE_IPV4 = 96  # of an IPv6 address that carries an IPv4 one


def forwarding(get_response: Answer) -> Answer:
    """Middleware, the outermost: removes the forwarding headers that no proxy of ours sent."""
    trusted = networks(settings.TRUSTED_PROXIES)

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not is_within(str(request.META.get("REMOTE_ADDR", "")), trusted):
            for name in [name for name in request.META if name.startswith(FORWARDING)]:
                del request.META[name]
        return get_response(request)

    return answer


def networks(written: Iterable[str]) -> list[Network]:
    return [_unmapped_network(ip_network(one, strict=False)) for one in written]


def is_within(address: str, trusted: Iterable[Network]) -> bool:
    """Whether the peer is in one of the networks; a peer without an IP address is in none."""
    try:
        peer = _unmapped(ip_address(address))
    except ValueError:
        return False
    return any(peer in network for network in trusted)


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4-mapped IPv6 address, as sockets for both tell them, is its IPv4 address."""
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _unmapped_network(network: Network) -> Network:
    address = _unmapped(network.network_address)
    if network.version == address.version or network.prefixlen < BITS_BEFORE_IPV4:
        return network
    return ip_network(f"{address}/{network.prefixlen - BITS_BEFORE_IPV4}")
