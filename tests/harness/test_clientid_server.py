#!/usr/bin/env python3
"""Tests tests/clientid_server.py from outside, with raw sockets: the correct server passes every probe, over
STARTTLS and over TLS, and each fault fails at least one probe that cites the fault's clause.

A probe is a table row: clauses, transports, steps. A step is `command -> reply`: the tagged word (`+` for a
continuation request, EOF for a closed connection), then what else must hold:
  +NAME  the CAPABILITY response or code lists NAME        bare  there was no untagged response
  -NAME  it does not, or there is none                     *ID   there was one untagged ID response
  =KEY   the reply is that of the other steps with this KEY
A command that begins with `!` continues the one before, as an answer to `+`; !TLS starts TLS, !NEW opens
another connection, !OLD goes back to the first. Usage: test_clientid_server.py [--dir FOLDER] [-v]
"""
import argparse
import base64
import os
import re
import select
import socket
import ssl
import subprocess
import sys

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clientid_server.py")
DEADLINE = 2.0                              # seconds for one reply; reached only if a fault stops the server
CAPS = "CAPABILITY -> OK +CLIENTID"
NO_CAPS = "CAPABILITY -> OK -CLIENTID"
LOGIN = "LOGIN u1 pw -> OK"


def plain(*parts):
    return base64.b64encode("\0".join(parts).encode()).decode()


def valid(kind="UUID", token="x"):
    return [CAPS, "CLIENTID %s %s -> OK bare" % (kind, token), "NOOP -> OK"]


def malformed(arguments):
    """Refused with BAD alone, and the chance is still there."""
    return [CAPS, "CLIENTID%s -> BAD bare" % arguments, "NOOP -> OK", "CLIENTID UUID x -> OK"]


PRINTABLE = [chr(octet) for octet in range(0x21, 0x7f)]
UNPRINTABLE = [octet for octet in (*range(0x21), *range(0x7f, 0x100)) if octet != 0x0a]
BOTH, TLS, STARTTLS, CLEAR = ("starttls", "tls"), ("tls",), ("starttls",), ("clear",)
PROBES = [
    # Section 7's examples.
    ("CID-7.1-ex", CLEAR, ["CAPABILITY -> OK -CLIENTID +STARTTLS", "STARTTLS -> OK", "!TLS ->",
                           "CAPABILITY -> OK +CLIENTID -STARTTLS",
                           "CLIENTID UUID 23bf83be-aad7-46aa-9e0f-39191ccf402f -> OK bare", LOGIN]),
    ("CID-7.2-ex CID-3.2-c", BOTH, malformed(" UUID")),
    ("CID-7.3-ex CID-3.4-1s CID-3.3-a", CLEAR, ["CLIENTID UUID x -> BAD bare", "NOOP -> OK",
                                                NO_CAPS, "CLIENTID UUID x -> BAD bare"]),
    ("CID-7.4-ex CID-5.1-7 CID-5.1-8", BOTH, [
        CAPS, "LOGIN u4 pw -> NO =r", "LOGIN u4 bad -> NO =r", "LOGIN u1 bad -> NO =r",
        "LOGIN nobody pw -> NO =r", "CLIENTID UUID bad-token -> OK", "LOGIN u4 pw -> NO =r",
        "AUTHENTICATE PLAIN %s -> NO =r" % plain("", "u4", "pw"), LOGIN]),
    # Advertising.
    ("CID-3.3-a", CLEAR, [NO_CAPS, LOGIN, NO_CAPS]),
    ("CID-3.3-b", BOTH, [CAPS, "LOGIN u1 pw -> OK -CLIENTID", NO_CAPS, "SELECT INBOX -> OK", NO_CAPS,
                         "CLOSE -> OK", NO_CAPS]),
    ("CID-3.3-b", BOTH, ["AUTHENTICATE PLAIN %s -> OK -CLIENTID" % plain("", "u1", "pw"),
                         "CAPABILITY -> OK -CLIENTID -AUTH=PLAIN"]),
    ("CID-3.3-d", BOTH, [CAPS, CAPS, "NOOP -> OK", CAPS]),
    ("CID-3.3-d", BOTH, ["LOGIN u1 bad -> NO", CAPS, "LOGIN u1 bad -> NO", CAPS]),
    ("CID-3.3-d T-CID-6", BOTH, valid() + [CAPS, CAPS]),
    ("CID-4-b", BOTH, [CAPS, "CAPABILITY -> OK -CLIENTID=1"]),
    ("CID-1-a", BOTH, valid()),
    # When it may come.
    ("CID-3.4-1s T-CID-11", BOTH, ["CLIENTID UUID x -> BAD bare", "NOOP -> OK"] + valid()),
    ("CID-3.4-2s", BOTH, [CAPS, LOGIN, "CLIENTID UUID x -> BAD bare", "NOOP -> OK"]),
    ("CID-3.4-2s", BOTH, [CAPS, LOGIN, "SELECT INBOX -> OK", "CLIENTID UUID x -> BAD bare", "CHECK -> OK"]),
    ("CID-3.4-2s", BOTH, [CAPS, "AUTHENTICATE PLAIN -> +", "!a CLIENTID UUID x -> BAD"] + valid()),
    ("CID-3.4-3s", BOTH, valid() + ["CLIENTID UUID x -> BAD bare", "clientid UUID x -> BAD",
                                    "CLIENTID MAC y -> BAD", "CLIENTID -> BAD"]),
    ("CID-3.4-3s", BOTH, valid() + ["LOGIN u1 bad -> NO", CAPS, "CLIENTID UUID x -> BAD", LOGIN]),
    ("CID-3.4-3i", BOTH, [CAPS, "CLIENTID UUID -> BAD", "CLIENTID UUID  x -> BAD", "CLIENTID UUID x -> OK"]),
    # Form. The token is 1*128 VCHAR verbatim, the type 1 to 16 alphanumerics.
    ("CID-3.1-c", BOTH, malformed("")),
    *[("CID-3.2-c", BOTH, malformed(a)) for a in (
        " ", " UUID ", "  x", " UUID x y", " UU-ID x", ' "UUID" x', " U\xe9 x", " %s x" % ("A" * 17),
        " UUID " + "x" * 129, " UUID " + "x" * 1000, " UUID \xe9", " UUID \x01")],
    ("CID-3.2-c T-CID-5", BOTH, malformed(" DEVICE_ID x")),
    ("CID-3.2-c T-CID-10", BOTH, malformed(' UUID "a b"')),
    *[("CID-3.2-c", TLS, malformed(" UUID x%sy" % chr(octet))) for octet in UNPRINTABLE],
    *[("CID-3.2-d", BOTH, valid(kind)) for kind in ("A", "z", "7", "A" * 15, "A" * 16)],
    *[("CID-3.2-d", BOTH, valid(token="x" * length)) for length in (1, 2, 127, 128)],
    ("CID-3.2-d T-CID-8", BOTH, valid("uuid")), ("CID-6-b", BOTH, valid("LICENSE")),
    ("CID-6-c", BOTH, valid("Xyzzy")), ("T-CID-3", BOTH, valid("SHA256")),
    *[("CID-4-f", TLS, valid(token=octet)) for octet in PRINTABLE],
    *[("CID-4-f T-CID-7", BOTH, valid(token=t)) for t in ('"abc"', '"', 'a"b', "{3}", "(x)", "NIL", "\\\"")],
    *[("CID-D3 T-CID-7", BOTH, valid(token=t)) for t in ("x{5}", "x{5+}", "x{7+}", "{0}")],
    *[("CID-D3", BOTH, malformed(a)) for a in (" UUID x y{5}", " UUID {5+} {5+}", " {5}", " UUID\t{5+}")],
    *[("CID-4-d", BOTH, malformed(a)) for a in (
        "  UUID x", " UUID  x", " UUID x ", "\tUUID x", " UUID\tx", " UUID x\t", " UUID x\r")],
    ("CID-4-a", BOTH, [CAPS, "clientid UUID x -> OK"]), ("CID-4-a", BOTH, [CAPS, "cLiEnTiD UUID x -> OK"]),
    # Replies, and what CLIENTID must not do.
    ("CID-3.1-b CID-3.1-d", BOTH, valid("MAC", "00:11:22:33:44:55")),
    ("CID-3.1-e", BOTH, [CAPS, "CLIENTID UUID good-token -> OK =t", "!NEW ->", CAPS,
                         "CLIENTID UUID bad-token -> OK =t", "!NEW ->", CAPS, "CLIENTID XYZZY 1 -> OK =t"]),
    ("CID-D4", BOTH, [CAPS, "CAPABILITY -> OK =c", "CLIENTID UUID x -> OK", "SELECT INBOX -> BAD",
                      "CAPABILITY -> OK =c +ID", "ID NIL -> OK *ID", "LOGIN u1 bad -> NO", LOGIN]),
    ("CID-3.2-e CID-D4", BOTH, [CAPS, "CLIENTID UUID good-token -> OK", "NOOP -> OK", "ID NIL -> OK", CAPS,
                                "LOGIN u4 bad -> NO", "LOGIN u4 pw -> OK"]),
    ("T-CID-8", BOTH, [CAPS, "CLIENTID uuid good-token -> OK",
                       "AUTHENTICATE PLAIN %s -> OK" % plain("", "u4", "pw")]),
    ("CID-D5", BOTH, valid() + ["!NEW ->"] + valid() + ["!OLD ->", "NOOP -> OK", LOGIN]),
    ("CID-D5", BOTH, [CAPS, "CLIENTID UUID good-token -> OK", "!NEW ->", CAPS, "LOGIN u4 pw -> NO"]),
    # The rest of the server: RFC 3501, 2971.
    ("", CLEAR, ["STARTTLS x -> BAD", "STARTTLS -> OK", "!TLS ->", "STARTTLS -> BAD", LOGIN,
                 "STARTTLS -> BAD"]),
    ("", BOTH, ["SELECT INBOX -> BAD", "XYZZY -> BAD", "CHECK -> BAD", LOGIN, "LOGIN u1 pw -> BAD",
                "CHECK -> BAD", "AUTHENTICATE PLAIN -> BAD", "SELECT nowhere -> NO", "EXAMINE inbox -> OK",
                "SELECT -> BAD", "CHECK x -> BAD", "EXPUNGE -> OK",
                "UNSELECT -> OK", "CHECK -> BAD", "CREATE INBOX -> NO", 'CREATE "x/y" -> OK',
                "CREATE x/y -> NO", "SELECT x/y -> OK", "CLOSE -> OK", "DELETE x/y -> OK",
                "DELETE x/y -> NO", "SELECT x/y -> NO", "DELETE inbox -> NO", "XYZZY {3} -> BAD",
                "LOGOUT -> OK", "NOOP -> EOF"]),
    ("", BOTH, ['LOGIN "u1" {2} -> +', "!pw -> OK"]),
    ("", BOTH, ["LOGIN {2} -> +", '!u1 "p\\w" -> BAD', "LOGIN {2} -> +", '!u1 "pw" -> OK']),
    ("", BOTH, ["LOGIN  u1 pw -> BAD", "LOGIN u1 -> BAD", "LOGIN u1 pw  -> BAD", "LOGIN (u x -> BAD", LOGIN]),
    ("", BOTH, ["AUTHENTICATE PLAIN -> +", "!* -> BAD", "AUTHENTICATE PLAIN =x= -> BAD",
                "AUTHENTICATE X.Y -> NO", "AUTHENTICATE PLAIN -> +", "!%s -> NO" % plain("u2", "u1", "pw"),
                "AUTHENTICATE PLAIN = -> BAD", "AUTHENTICATE plain -> +",
                "!%s -> OK" % plain("u1", "u1", "pw")]),
    ("ID-3.1-a ID-4-a", BOTH, ["ID nil -> OK *ID", "id NIL -> OK *ID", "ID -> BAD", "ID NIL NIL -> BAD",
                               'ID "NIL" -> BAD', "ID  NIL -> BAD", "ID foo -> BAD", "ID NILS -> BAD",
                               "ID NIL -> OK"]),
    ("ID-4-c ID-3.1-f ID-3.1-g", BOTH, [
        "ID () -> OK *ID", 'ID ("name" "x" "os" NIL) -> OK *ID', 'ID ("name" nil) -> OK *ID',
        'ID ("" "") -> OK *ID', 'ID ("name") -> BAD', 'ID ("a" "b" "c") -> BAD', 'ID ("a"  "b") -> BAD',
        'ID ("a" "b" ) -> BAD', "ID ( ) -> BAD", 'ID (a "b") -> BAD', 'ID (NIL "b") -> BAD',
        'ID ("a" b) -> BAD', 'ID ("a" "b")x -> BAD', 'ID ("a" "b" -> BAD', 'ID ("a" NILS) -> BAD',
        'ID ("a" "\xe9") -> BAD', 'ID ("a" "\\x") -> BAD', 'ID ("a" "\\"\\\\") -> OK *ID', "NOOP -> OK"]),
    ("ID-3.1-f ID-3.1-g ID-D3", BOTH, [
        "ID ({4} -> +", '!name "x") -> OK *ID', 'ID ("a" {0} -> +', "!) -> OK *ID", "ID ({1} -> +",
        "!a {3} -> +", "!\xe9\r\n) -> OK *ID", "ID ({1} -> +", '!\0 "x") -> BAD', "ID {3} -> BAD",
        "ID ({9999999} -> BAD", 'ID ("{3} -> BAD',
        "ID ({1} -> +", "!a b) -> BAD", "NOOP -> OK"]),
    ("ID-3.3-f", BOTH, ["ID (%s) -> OK *ID" % " ".join('"%030d" "%s"' % (n, "v" * 1024) for n in range(30)),
                        "NOOP -> OK"]),
    ("ID-3.1-d", BOTH, [LOGIN, "ID NIL -> OK *ID", "SELECT INBOX -> OK", 'ID ("a" "b") -> OK *ID',
                        "CHECK -> OK"]),
]


class Broken(Exception):
    """A probe failed; says how."""


class Client:
    def __init__(self, ports, transport, greeting=r"\* OK (?!\[CAPABILITY)"):
        port = ports["tls" if transport == "tls" else "clear"]
        self.sock = socket.create_connection(("127.0.0.1", port), DEADLINE)
        self.buffer, self.count, self.tag = b"", 0, ""
        if transport == "tls":
            self.start_tls()
        line = self.line()
        if not re.match(greeting, line):
            raise Broken("greeting " + line)
        if transport == "starttls":
            self.expect("STARTTLS", "OK", [])
            self.start_tls()

    def start_tls(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.sock = context.wrap_socket(self.sock)

    def send(self, text):
        self.sock.sendall(text.encode("latin-1"))

    def line(self):
        """The next line, without CRLF; "" at the connection's end."""
        while b"\r\n" not in self.buffer:
            try:
                data = self.sock.recv(65536)
            except TimeoutError:
                raise Broken("no reply in time")
            except OSError:
                data = b""
            if not data:
                return ""
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode("latin-1")

    def command(self, text):
        """The tagged word (or + or EOF), the text behind it, the untagged lines."""
        if text.startswith("!"):
            text = text[1:]
        else:
            self.count += 1
            self.tag = "t%d" % self.count
            text = self.tag + " " + text
        try:
            self.send(text + "\r\n")
        except OSError:
            return "EOF", "", []
        untagged = []
        while True:
            line = self.line()
            if not line.startswith("* "):
                break
            untagged.append(line)
        if line.startswith("+"):
            return "+", line[1:], untagged
        if not line:
            return "EOF", "", untagged
        tag, word, rest = (line + "  ").split(" ", 2)
        if tag != self.tag:
            raise Broken("tag %s for %s" % (tag, self.tag))
        return word, rest.strip(), untagged

    def expect(self, text, word, checks, texts=None):
        got, rest, untagged = self.command(text)
        said = "%r: %s %s %s" % (text[:60], " ".join(untagged), got, rest)
        if got != word:
            raise Broken("%s; expected %s" % (said, word))
        listed = re.findall(r"CAPABILITY ([^\]]*)", "\n".join(untagged + [rest]))
        names = " ".join(listed).upper().split()
        for check in checks:
            key = check[1:]
            if check == "bare":
                good = not untagged
            elif check[0] == "=":
                good = texts.setdefault(key, " ".join(untagged) + rest) == " ".join(untagged) + rest
            elif check[0] == "*":
                good = sum(line.startswith("* %s " % key) for line in untagged) == 1
            else:
                good = (key in names) == (check[0] == "+")
            if not good:
                raise Broken("%s; expected %s" % (said, check))


def run_table(ports, transport, steps):
    clients, texts = [Client(ports, transport)], {}
    current = clients[0]
    for step in steps:
        text, _, wanted = step.rpartition(" ->")
        if text == "!TLS":
            current.start_tls()
        elif text == "!NEW":
            current = Client(ports, transport)
            clients.append(current)
        elif text == "!OLD":
            current = clients[0]
        else:
            current.expect(text, *split(wanted), texts)
    for client in clients:
        client.sock.close()


def split(wanted):
    word, *checks = wanted.split()
    return word, checks


def probe_injection(ports, _transport):
    """Commands in the same packet as STARTTLS are not executed, neither before nor after TLS starts."""
    client = Client(ports, "clear")
    client.send("a STARTTLS\r\nb CAPABILITY\r\nc CLIENTID UUID evil\r\n")
    if not client.line().startswith("a OK") or client.buffer:
        raise Broken("STARTTLS: " + repr(client.buffer))
    client.start_tls()
    client.expect("CLIENTID UUID x", "BAD", ["bare"])
    client.expect("CAPABILITY", "OK", ["+CLIENTID"])
    client.expect("CLIENTID UUID x", "OK", ["bare"])


def probe_pipeline(ports, transport):
    """CAPABILITY and CLIENTID in one packet: listed first, so accepted; what follows `{5+}` are commands."""
    client = Client(ports, transport)
    client.send("a CAPABILITY\r\nb CLIENTID UUID x{5+}\r\nc NOOP\r\nd NOOP\r\n")
    for wanted in ("* CAPABILITY ", "a OK", "b OK", "c OK", "d OK"):
        line = client.line()
        if not line.startswith(wanted):
            raise Broken("%r; expected %s" % (line, wanted))


def probe_bare_lf(ports, transport):
    """A CLIENTID line without CR is refused, and the next line is a command."""
    client = Client(ports, transport)
    client.expect("CAPABILITY", "OK", ["+CLIENTID"])
    client.send("a CLIENTID UUID x\nb CLIENTID UUID x\r\n")
    for wanted in ("a BAD", "b OK"):
        line = client.line()
        if not line.startswith(wanted):
            raise Broken("%r; expected %s" % (line, wanted))


def probe_endless(ports, transport):
    """A line without end is cut off, with BYE or by the close."""
    client = Client(ports, transport)
    try:
        for _ in range(64):
            client.send("x" * 65536)
        client.send("\r\n")
        line = client.line()
    except OSError:
        line = ""
    if line and not line.startswith("* BYE"):
        raise Broken(line)


PROBES += [("CID-D2", STARTTLS, probe_injection), ("CID-D3 CID-3.4-1s", BOTH, probe_pipeline),
           ("CID-4-d", BOTH, probe_bare_lf), ("", BOTH, probe_endless)]


def greeted(ports):
    """With --greet the greeting lists the capabilities; over TLS, CLIENTID may then be the first command."""
    client = Client(ports, "tls", r"\* OK \[CAPABILITY IMAP4rev1 ([^]]* )?CLIENTID ")
    client.expect("CLIENTID UUID x", "OK", ["bare"])
    client = Client(ports, "clear", r"\* OK \[CAPABILITY IMAP4rev1 (?![^]]*CLIENTID)")
    client.expect("CLIENTID UUID x", "BAD", ["bare"])


def outlives(folder):
    """Whether the server is still there when its parent was killed, though its stdin is open."""
    command = "%s %s %s <&0 & read line" % (sys.executable, SERVER, "--dir " + folder if folder else "")
    shell = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    shell.stdout.readline()
    shell.kill()
    shell.wait()
    gone, _, _ = select.select([shell.stdout], [], [], 4)       # at its end once no process holds the pipe
    shell.stdin.close()
    shell.stdout.close()
    return not gone


class Server:
    """The server as a child process; it ends when this object's pipe is closed."""

    def __init__(self, folder, *options):
        command = [sys.executable, SERVER, *(["--dir", folder] if folder else []), *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = self.process.stdout.readline().split()
        self.ports = {"clear": int(self.ready[1]), "tls": int(self.ready[2])}

    def stop(self):
        self.process.stdin.close()
        status = self.process.wait(5)
        self.process.stdout.close()
        return status


def failures(ports, probes):
    """(clauses, transport, reason) of each probe that fails, as they come."""
    for clauses, transports, steps in probes:
        for transport in transports:
            try:
                steps(ports, transport) if callable(steps) else run_table(ports, transport, steps)
            except (Broken, OSError) as error:
                yield clauses, transport, str(error) or repr(error)


def main():
    parser = argparse.ArgumentParser(description="Tests clientid_server.py")
    parser.add_argument("--dir", help="where temporary folders are made")
    parser.add_argument("-v", action="store_true", help="print how each fault was seen")
    options = parser.parse_args()
    passed, failed = 0, 0

    def verdict(good, text):
        nonlocal passed, failed
        passed, failed = passed + bool(good), failed + (not good)
        if not good or options.v:
            print("%s %s" % ("ok  " if good else "FAIL", text))

    with open(SERVER, encoding="ascii") as source:
        text = source.read()
    verdict(text.count("\n") < 250, "the server has fewer than 250 lines")
    table = subprocess.run([sys.executable, SERVER, "--list-faults"], capture_output=True, text=True).stdout
    faults = [line.split("\t") for line in table.splitlines()]
    verdict(len(faults) >= 20 and all(len(fault) == 3 for fault in faults), "--list-faults lists 20 or more")
    verdict(sorted(re.findall(r'fault\("(.*?)"\)', text)) == sorted(fault[0] for fault in faults),
            "each fault is in one place and in the table")
    refused = subprocess.run([sys.executable, SERVER, "--fault", "no-such"], capture_output=True)
    verdict(refused.returncode == 2, "an unknown fault is refused")

    server = Server(options.dir)
    verdict(server.ready[0] == "127.0.0.1" and server.ready[3:] == ["u1", "pw"], "ready line")
    wrong = list(failures(server.ports, PROBES))
    passed += sum(len(transports) for _, transports, _ in PROBES) - len(wrong)
    for clauses, transport, reason in wrong:
        verdict(False, "correct server, %s, %s: %s" % (transport, clauses, reason))
    verdict(server.stop() == 0, "the server ends with its stdin")

    server = Server(options.dir, "--greet")
    try:
        greeted(server.ports)
        verdict(True, "--greet")
    except Broken as error:
        verdict(False, "--greet: %s" % error)
    server.stop()
    verdict(not outlives(options.dir), "the server ends with its parent")

    for name, clause, description in faults:
        server = Server(options.dir, "--fault", name)
        citing = [probe for probe in PROBES if clause in probe[0].split()]
        seen = next(failures(server.ports, citing), None)
        how = "seen by " + seen[2] if seen else "not seen"
        verdict(seen, "fault %s (%s: %s) %s" % (name, clause, description, how))
        server.stop()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
