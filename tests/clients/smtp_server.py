"""A mail server on loopback for the tests: STARTTLS and a login, and receivers that misbehave.

smtp_server.py FOLDER: makes ca.pem there, prints its port, and writes each mail it takes to FOLDER/mails/N.json. What a
receiver does is in the first word of their address: gone (5xx), busy (4xx, once), cut (the line breaks once, after the
mail), hang (no answer), slow (taken only when FOLDER/go exists).
"""

import asyncio
import json
import pathlib
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

FOLDER = pathlib.Path(sys.argv[1])
MAILS = FOLDER / "mails"


def certificate() -> ssl.SSLContext:
    """A certificate for localhost, by an authority of its own."""
    openssl = lambda line: subprocess.run(["openssl", *line.split()], cwd=FOLDER, check=True, capture_output=True)
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    openssl(f"req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority")
    openssl(f"req {key} -keyout server.key -out server.csr -subj /CN=localhost")
    (FOLDER / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "server.pem", FOLDER / "server.key")
    return context


def login(server, session, envelope, mechanism, given):
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"carillon", b"s3cret words")
    return AuthResult(success=right, handled=False)


class Handler:
    def __init__(self):
        self.seen = set()

    def first(self, address):
        new = address not in self.seen
        self.seen.add(address)
        return new

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return f"550 5.1.1 <{address}>: no such user"
        if address.startswith("busy") and self.first(address):
            return f"451 4.2.1 <{address}>: come again"
        if address.startswith("hang"):
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        self.keep(session, envelope)
        if address.startswith("cut") and self.first(address):
            server.transport.abort()
        if address.startswith("slow"):
            while not (FOLDER / "go").exists():
                await asyncio.sleep(0.02)
        return "250 OK"

    def keep(self, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "hello": session.host_name,
            "tls": session.ssl is not None,
            "login": bool(session.authenticated),
            "data": envelope.content.decode("ascii"),
        }
        number = len(list(MAILS.iterdir()))
        (FOLDER / "writing").write_text(json.dumps(mail))
        (FOLDER / "writing").rename(MAILS / f"{number}.json")


async def main():
    MAILS.mkdir(exist_ok=True)
    context, handler = certificate(), Handler()
    smtp = lambda: SMTP(
        handler, hostname="localhost", tls_context=context, require_starttls=True, auth_required=True, authenticator=login
    )
    server = await asyncio.get_running_loop().create_server(smtp, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
