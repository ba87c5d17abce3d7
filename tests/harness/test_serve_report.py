#!/usr/bin/env python3
"""serve --report: each rule on clients is seen to be broken by a client that breaks it, and by no other; a client that keeps to all
has no finding. The clients here are lines; what they must not send is the documents' word."""
import os, re, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_serve as base
from test_serve import Serve, ask, check, until

REPORT = os.path.join(base.WORK, "report.txt")
IN = [b"LOGIN u1 pw", b"SELECT INBOX"]
CLIENTID = b"CLIENTID UUID 23bf83be-aad7-46aa-9e0f-39191ccf402f"


def other_expunges(server):
    c = server.client()
    c.select("INBOX")
    c.store("2", "+FLAGS", r"(\Deleted)")
    c.expunge()
    c.logout()


def run(lines, *options, tls=False):
    """Each line under a new tag; None: another client expunges message 2. Returns the ids that are cited, and the report."""
    server = Serve("--report", REPORT, *options)
    s = server.raw()
    if tls:
        ask(s, b"s STARTTLS", b"s OK")
        s = server.context.wrap_socket(s, server_hostname="localhost")
    for i, line in enumerate(lines):
        tag = b"a%d " % i
        if line is None:
            other_expunges(server)
        elif line.startswith(b"!"):  # with its own tag
            ask(s, line[1:], line[1:].split(b" ")[0] + b" ")
        else:
            ask(s, tag + line, b"\r\n" + tag if line.startswith(b"FETCH") else tag)
    s.close()
    server.p.terminate()
    _, err = server.p.communicate(timeout=30)
    text = open(REPORT).read()
    musts = re.findall(r"^VIOLATES (.*?)  ", text, re.M)
    shoulds = re.findall(r"^DEVIATES (.*?)  ", text, re.M)
    check(server.p.returncode == (1 if musts else 0) and err == "", f"{lines}: exit status {server.p.returncode} {err}")
    check("pw" not in text, f"a password is in the report: {text}")
    return musts, shoulds, text


def rows():
    gone, later = ("--behaviour", "fetch-partial-no"), ("--behaviour", "fetch-partial-no,tell-at-noop")
    many = b"ID (" + b" ".join(b'"f%d" "x"' % i for i in range(31)) + b")"
    yield [b"CAPABILITY", b'ID ("name" "x")', *IN, b"FETCH 1:4 (FLAGS)", b"NOOP", b"LOGOUT"], (), [], []
    yield [b"ID NIL"], (), ["ID-3-b"], []
    yield [b"CAPABILITY", b"ID (name x)"], (), ["ID-3.1-a ID-4-a ID-4-c"], []
    yield [b"CAPABILITY", b'ID ("%s" "x")' % (b"f" * 30)], (), [], []
    yield [b"CAPABILITY", b'ID ("%s" "x")' % (b"f" * 31)], (), ["ID-3.3-d"], []
    yield [b"CAPABILITY", b'ID ("f" "%s")' % (b"v" * 1025)], (), ["ID-3.3-e"], []
    yield [b"CAPABILITY", many], (), ["ID-3.3-f"], []
    yield [b"CAPABILITY", b'ID ("f" "x" "F" "y")'], (), ["ID-3.3-l ID-3.3-c"], []
    yield [b"CAPABILITY", CLIENTID], (), ["CID-8-c CID-3.4-1c"], []
    yield [*IN, b"FETCH 1:5 (FLAGS)"], (), ["R3501-2.3.1.2 MAP-I1"], []
    yield [*IN, b"FETCH 1:* (FLAGS)", b"UID FETCH 1:99 (FLAGS)"], (), [], []
    yield [b"LOGIN u1 pw", b"FETCH 1 (FLAGS)"], (), ["R3501-6"], []
    yield [b"SELECT  INBOX"], (), ["R3501-2.2.1 R3501-9"], []
    yield [b"XYZZY"], (), ["R3501-6"], []
    yield [b"NAMESPACE", b"LOGIN u1 pw", b"NAMESPACE"], ("--without", "NAMESPACE,IDLE"), ["R3501-6"], []
    yield [b"CAPABILITY", b"ID NIL"], ("--without", "ID"), ["ID-3-b"], []
    yield [b"!a NOOP", b"!b NOOP", b"!a NOOP"], (), [], ["R3501-2.2.1-t"]  # T-MAP-16
    yield [*IN, None, b"FETCH 1:3 (FLAGS)", b"NOOP", b"FETCH 1:3 (FLAGS)"], gone, [], []
    yield [*IN, None, b"FETCH 1:3 (FLAGS)", b"FETCH 1 (FLAGS)"], gone, [], ["MAP-4.1.2-c MAP-4.1.3-c"]
    yield [*IN, None, b"UID FETCH 1:* (FLAGS)", b"FETCH 1 (FLAGS)"], gone, [], []  # the NO comes with the EXPUNGE: nothing is pending
    yield [*IN, None, b"UID FETCH 1:* (FLAGS)", b"FETCH 1 (FLAGS)"], later, [], ["MAP-4.1.2-c MAP-4.1.3-c"]
    yield [*IN, None, *[b"FETCH 1:3 (FLAGS)"] * 10], gone, ["MAP-1-a MAP-4.1.2-d"], ["MAP-4.1.2-c MAP-4.1.3-c"]
    yield [*IN, None, b"FETCH 1:3 (ENVELOPE)", b"FETCH 1 (FLAGS)"], ("--behaviour", "fetch-nil"), [], ["MAP-4.1.3-f"]
    yield [*IN, None, b"STORE 1:3 +FLAGS (x)", b"STORE 1 +FLAGS (x)"], ("--behaviour", "store-partial-no"), [], ["MAP-4.2.3-b MAP-4.2.4-b"]


def secured():
    check(run([b"CAPABILITY", CLIENTID, b"LOGIN u1 pw", b"LOGOUT"], tls=True)[:2] == ([], []), "CLIENTID as it should be")
    check(run([CLIENTID], tls=True)[0] == ["CID-3.4-1c CID-D1"], "CLIENTID before it was offered under TLS")
    check(run([b"CAPABILITY", CLIENTID, CLIENTID], tls=True)[0] == ["CID-3.4-3c"], "CLIENTID twice")
    check(run([b"CAPABILITY", b"LOGIN u1 pw", CLIENTID], tls=True)[0] == ["CID-3.4-2c"], "CLIENTID after login")
    check(run([b"CAPABILITY", b"CLIENTID UU-ID x"], tls=True)[0] == ["CID-4-d CID-3.2-a CID-3.2-b"], "a malformed CLIENTID")


def in_clear():
    sanitized, base.BIN = base.BIN, os.path.abspath(os.environ.get("IMAPDIFF", "build/imapdiff"))  # many starts
    for lines, options, musts, shoulds in rows():
        m, s, text = run(lines, *options)
        check((m, s) == (musts, shoulds), f"{lines} {options}: {m} {s}, expected {musts} {shoulds}\n{text[-1500:]}")
    base.BIN = sanitized


if __name__ == "__main__":
    sys.exit(base.run_parts("serve, report", in_clear, secured))
