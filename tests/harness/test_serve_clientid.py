#!/usr/bin/env python3
"""CLIENTID and ID over real TLS: the examples of the drafts' sections (CID-7.1-ex to CID-7.4-ex, ID-3.1-ex1, ID-3.2-ex2) as sessions
with imapdiff serve, and the policies of CID-5.1-1, CID-5.1-5 and CID-5.3-1 to CID-5.3-5: refusal comes at login, and reads like a wrong password's."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_serve as base
from test_serve import Serve, ask, check, until

UUID = b"23bf83be-aad7-46aa-9e0f-39191ccf402f"


def secure(server):
    """7.1's beginning: capabilities in clear, STARTTLS, capabilities again."""
    s = server.raw()
    clear = ask(s, b"a001 CAPABILITY", b"a001 OK")
    check(b" STARTTLS" in clear and b"CLIENTID" not in clear, f"in clear: {clear}")
    check(b"a002 OK" in ask(s, b"a002 STARTTLS", b"a002 "), "STARTTLS")
    t = server.context.wrap_socket(s, server_hostname="localhost")
    check(b" CLIENTID" in ask(t, b"a003 CAPABILITY", b"a003 OK"), "CLIENTID is offered under TLS")
    return t


def examples():
    server = Serve("--user", "joe:password", "--user", "ann:password", "--clientid", f"revoke=UUID:{UUID.decode()}x",
                   "--behaviour", "login-refused-bad")
    t = secure(server)
    check(b"a004 OK" in ask(t, b"a004 CLIENTID UUID " + UUID, b"a004 "), "7.1: CLIENTID")
    check(b"a005 OK" in ask(t, b"a005 LOGIN joe password", b"a005 "), "7.1: LOGIN")
    check(b"CLIENTID" not in ask(t, b"a006 CAPABILITY", b"a006 OK"), "CID-3.3-b: not offered after login")
    check(b"a007 BAD" in ask(t, b"a007 CLIENTID UUID " + UUID, b"a007 "), "CID-3.4-2s")
    t = secure(server)
    check(b"a004 BAD" in ask(t, b"a004 CLIENTID UUID", b"a004 "), "7.2: one argument")
    check(b"a005 OK" in ask(t, b"a005 CLIENTID UUID " + UUID, b"a005 "), "CID-3.4-3i: the one chance is not used up")
    s = server.raw()
    ask(s, b"a001 CAPABILITY", b"a001 OK")
    check(b"a002 BAD" in ask(s, b"a002 CLIENTID UUID " + UUID, b"a002 "), "7.3: without TLS")
    t = secure(server)
    check(b"a004 OK" in ask(t, b"a004 CLIENTID UUID " + UUID + b"x", b"a004 "), "7.4: CLIENTID")
    check(ask(t, b"a005 LOGIN joe password", b"\r\n") == b"a005 BAD Failed to authenticate\r\n", "7.4: LOGIN")
    # ID, sections 3.1 and 3.2, before and after login.
    for line in (b'ID ("name" "sodr" "version" "19.34" "vendor" "Pink Floyd Music Limited")', b"ID NIL"):
        got = ask(t, b"a023 " + line, b"a023 OK")
        check(got.startswith(b"* ID ") and b"a023 OK" in got, f"{line}: {got}")
    ask(t, b"a024 LOGIN ann password", b"a024 ")
    server.end()


def answers(server, identity, *logins):
    """The replies to logins on one connection under TLS, without tags."""
    t = secure(server)
    if identity:
        check(b"i OK" in ask(t, b"i CLIENTID " + identity, b"i "), f"CID-3.1-e: {identity} is accepted whatever the policy")
    got = [ask(t, b"l LOGIN " + l, b"\r\n").partition(b" ")[2] for l in logins]
    t.close()
    return got


def policies():
    refused = b"NO Failed to authenticate\r\n"
    ok = b"OK Logged in\r\n"
    rows = [
        (["require"], None, b"u1 pw", refused),
        (["require"], b"Other x", b"u1 pw", ok),
        (["allow=u1:UUID:one", "allow=u1:UUID:two"], b"uuid two", b"u1 pw", ok),
        (["allow=u1:UUID:one"], b"UUID ONE", b"u1 pw", refused),
        (["allow=u1:UUID:one"], None, b"u1 pw", refused),
        (["allow=u1:UUID:one"], None, b"u2 pw", ok),
        (["revoke=UUID:one"], b"UUID one", b"u2 pw", refused),
        (["revoke=UUID:one"], b"UUID two", b"u2 pw", ok),
        (["license=K-1", "license=K-2"], b"LICENSE K-2", b"u1 pw", ok),
        (["license=K-1"], b"UUID K-1", b"u1 pw", refused),
        (["license=K-1"], None, b"u1 pw", refused),
    ]
    servers = {}
    for rules, identity, login, want in rows:
        key = tuple(rules)
        if key not in servers:
            servers[key] = Serve(*[w for r in rules for w in ("--clientid", r)])
        got = answers(servers[key], identity, login, b"u1 wrong", b"nobody pw") if want == refused else answers(servers[key], identity, login)
        # CID-5.1-7, CID-5.1-8: whatever the cause, the same text.
        check(set(got) == {want}, f"{rules} {identity} {login}: {got}")
    for server in servers.values():
        server.end()
    server = Serve("--clientid", "one-user")
    check(answers(server, b"UUID one", b"u1 pw") == [ok] and answers(server, b"UUID one", b"u2 pw") == [refused] and
          answers(server, b"UUID one", b"u1 pw") == [ok] and answers(server, b"UUID two", b"u2 pw") == [ok], "one-user")
    # CID-3.2-e, CID-D5: kept after a failed login; no matter of another connection.
    check(answers(server, b"UUID three", b"u3 wrong", b"u3 pw") == [refused, ok], "kept after a failed login")
    server.end()


if __name__ == "__main__":
    sys.exit(base.run_parts("serve, CLIENTID", examples, policies))
