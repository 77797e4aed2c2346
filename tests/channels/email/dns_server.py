"""A DNS server on loopback with records that a test writes down: real questions and answers over UDP, and TCP for what is too long."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Records = Mapping[tuple[str, str], Sequence[str]]


class DnsServer(asyncio.DatagramProtocol):
    """`asked` counts the questions that came. Names in `silent` get no answer, names in `broken` get SERVFAIL; `is_away` silences it all."""

    def __init__(self, records: Records) -> None:
        self.records = dict(records)
        self.asked: list[tuple[str, str]] = []
        self.silent: set[str] = set()
        self.broken: set[str] = set()
        self.is_away = False
        self.address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        host, port = transport.get_extra_info("sockname")[:2]
        self.address = f"{host}:{port}"

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        answer = self._answer(data)
        if answer is not None:
            try:
                packet = answer.to_wire(max_size=512)
            except dns.exception.TooBig:
                answer.answer.clear()
                answer.flags |= dns.flags.TC
                packet = answer.to_wire()
            self._transport.sendto(packet, addr)

    async def over_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int.from_bytes(await reader.readexactly(2), "big")
        answer = self._answer(await reader.readexactly(size))
        if answer is not None:
            packet = answer.to_wire()
            writer.write(len(packet).to_bytes(2, "big") + packet)
            await writer.drain()
        writer.close()

    def _answer(self, data: bytes) -> dns.message.Message | None:
        question = dns.message.from_wire(data)
        asked = question.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True).lower(), asked.rdtype.name
        self.asked.append((name, kind))
        if self.is_away or name in self.silent:
            return None
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        texts = self.records.get((name, kind), ())
        if name in self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif texts:
            quoted = [_pieces(text) if kind == "TXT" else f"{text.rstrip('.')}." if kind in ("MX", "NS") else text for text in texts]
            answer.answer.append(dns.rrset.from_text_list(asked.name, 300, "IN", kind, quoted))
        elif not any(known == name for known, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


def _pieces(text: str) -> str:
    """One text may have 255 bytes: a key needs two (RFC 6376 §3.6.2.2)."""
    return " ".join(f'"{text[at : at + 250]}"' for at in range(0, len(text), 250))


@asynccontextmanager
async def dns_server(records: Records) -> AsyncIterator[DnsServer]:
    server = DnsServer(records)
    tcp = await asyncio.start_server(server.over_tcp, "127.0.0.1", 0)
    where = tcp.sockets[0].getsockname()
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, local_addr=where)
    try:
        yield server
    finally:
        transport.close()
        tcp.close()
