#!/usr/bin/env python3
"""imapdiff serve: --fixture, what it serves and what its errors name; --behaviour all, each connection another, the same by the same
seed; --without, capabilities that are neither told nor taken. check finds nothing on the last two; octets come one by one where asked."""
import imaplib, os, re, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_serve as base
from test_serve import BIN, Serve, ask, check, until

EXAMPLE = os.path.abspath("lua/fixture/example.lua")


def clean(server, *users):
    run = subprocess.run([os.path.abspath(os.environ.get("IMAPDIFF", "build/imapdiff")), "check", f"imap://{users[0]}@127.0.0.1:{server.port}/", *sum((["--user", u] for u in users[1:]), []),
                          "--programs", "60", "--pause", "5ms", "--quiet"], cwd=base.WORK, capture_output=True, text=True, timeout=300)
    check(run.returncode == 0, f"check of {server.says}: exit status {run.returncode}\n{run.stdout[-1500:]}{run.stderr}")


def fixture():
    server = Serve("--fixture", EXAMPLE)
    check("for ann, bob" in server.says, server.says)
    c = imaplib.IMAP4("127.0.0.1", server.port, timeout=20)
    c.login("ann", "secret")
    check(c.select("INBOX")[1] == [b"30"], "the example's INBOX")
    got = c.fetch("2", "(FLAGS INTERNALDATE BODY.PEEK[])")[1][0]
    check(got[1] == b"From: ann@example.org\r\nSubject: message 2\r\nMessage-ID: <2@example.org>\r\n\r\nThe 2. text\r\n" and
          rb"(\Seen)" in got[0] and b'" 2-Nov-2026 12:00:00 +0000"' in got[0], f"the second message: {got}")
    check(c.select("Archive/2026")[1] == [b"0"], "an empty mailbox")
    c.logout()
    c = imaplib.IMAP4("127.0.0.1", server.port, timeout=20)
    c.login("bob", "secret too")
    check(c.select("Shared/Team")[1] == [b"1"], "what is shared")
    check(b'(\\HasNoChildren) "/" Entw&APw-rfe' in c.list()[1], f"a name in UTF-8: {c.list()[1]}")
    check(c.select("Entw&APw-rfe")[1] == [b"1"] and rb"\Draft \Flagged later" in b"".join(c.fetch("1", "(FLAGS)")[1]).replace(rb"\Flagged \Draft", rb"\Draft \Flagged"),
          "its flags")
    check(c.select("Archive/2026")[0] == "NO", "another user's mailbox")
    c.logout()
    server.end()

    # What is wrong with a file: the line, what was found, what was expected.
    rows = [
        ("return fixture {\n  users = {}\n}", ":2: 0 users: expected 1 to 64"),
        ("return fixture {\n  user = {}\n}", ":2: unknown field `user`: expected another (nearest name: users)"),
        ("return fixture {\n  users = 3\n}", ":2: "),
        ("return fixture {\n  users = {\n    'ann'\n  }\n}", "a string in a list of users: expected a table, { ... }"),
        ("return fixture {\n  users = {\n    { name = 'ann' }\n  }\n}", ":3: no field `password`: expected a string"),
        ("return fixture {\n  users = {\n    { name = 'a:b', password = 'x' }\n  }\n}", "the name cannot be used: expected 1 to 200 octets without `:`"),
        ("return fixture {\n  users = {\n    { name = 'a', password = 'x' },\n    { name = 'a', password = 'y' }\n  }\n}",
         ":4: a second user `a`: expected another name"),
        ("return fixture { users = { { name = 'a', password = 'x', mailboxes = { { name = 'INBOX',\n messages = {\n  { txt = 'x' } } } } } } }",
         ":3: unknown field `txt`: expected another (nearest name: text)"),
        ("return fixture { users = { { name = 'a', password = 'x', mailboxes = { { name = 'INBOX',\n messages = {\n  { text = 'x',\n flags = '(' } } } } } } }",
         ":4: the message cannot be stored (INBOX: BAD "),
        ("return fixture { users = { { name = 'a', password = 'x', mailboxes = { { name = 'INBOX',\n messages = {\n  { text = 'x',\n date = 'today' } } } } } } }",
         ":4: the message cannot be stored (INBOX: BAD "),
        ("return fixture { users = { { name = 'a', password = 'x',\n mailboxes = { { name = '\\xff' } } } } }",
         ":2: the name cannot be used: expected a mailbox's, in UTF-8, of 1 to 200 octets"),
        ("while true do end", ":1: runs for ever: expected to end within 1000000 steps"),
        ("return fixture { users = io.lines() }", ":1: unknown name `io`: expected one that lua/API.md lists"),
        ("return behaviour {}", ":1: `behaviour` begins a file of another kind: expected `return fixture { ... }`"),
    ]
    path = os.path.join(base.WORK, "wrong.lua")
    for text, said in rows:
        with open(path, "w", encoding="latin-1") as f:
            f.write(text)
        p = subprocess.run([BIN, "serve", "--listen", "127.0.0.1:0", "--fixture", path], capture_output=True, text=True, timeout=60)
        check(p.returncode == 2 and path + ":" in p.stderr and said in p.stderr and p.stderr.count("\n") == 1, f"{text!r}: {p.returncode} {p.stderr}")
    for words, said in ((("--fixture", EXAMPLE, "--user", "a:b"), "neither --user nor --mail goes with it"),
                        (("--fixture", "/nonexistent.lua"), "/nonexistent.lua: No such file or directory")):
        p = subprocess.run([BIN, "serve", *words], capture_output=True, text=True, timeout=60)
        check(p.returncode == 2 and said in p.stderr and p.stderr.count("\n") == 1, f"{words}: {p.returncode} {p.stderr}")


def all_in_turn():
    listed = subprocess.run([BIN, "list", "behaviours"], capture_output=True, text=True, check=True).stdout.splitlines()
    legal = {l.split()[0] for l in listed if "  fault: " not in l}

    def greetings(seed, n):
        server = Serve("--behaviour", "all", "--seed", seed)
        check(f"behaves as each of {len(legal)} in turn" in server.says, server.says)
        names = []
        for _ in range(n):
            s = base.socket.create_connection(("127.0.0.1", server.port), timeout=20)
            names.append(re.search(r"behaves as (\S+)\r\n", until(s, b"\r\n").decode()).group(1))
            s.close()
        server.end()
        return names

    one, again, two = greetings("1", len(legal)), greetings("1", 5), greetings("2", 5)
    check(set(one) == legal, f"not met by {len(legal)} connections: {legal - set(one)}")
    check(one[:5] == again and one[:5] != two, f"the seed: {one[:5]} {again} {two}")
    # A connection behaves as its greeting says: id-silent answers ID without data.
    server = Serve("--behaviour", "all", "--seed", "1")
    for name in one:
        s = base.socket.create_connection(("127.0.0.1", server.port), timeout=20)
        check(name.encode() in until(s, b"\r\n"), "the order by the seed")
        if name in ("id-silent", "id-nil", "id-list"):
            said = ask(s, b"a ID NIL", b"a OK")
            check((b"* ID" in said) == (name != "id-silent") and (b"* ID NIL" in said) == (name == "id-nil"), f"{name}: {said}")
        s.close()
    clean(server, "u1:pw", "u2:pw", "u3:pw")
    server.end()
    p = subprocess.run([BIN, "serve", "--behaviour", "all,fetch-nil"], capture_output=True, text=True, timeout=60)
    check(p.returncode == 2 and "`all` goes with no other" in p.stderr, f"all beside another: {p.stderr}")


def without():
    server = Serve("--without", "ID,CLIENTID", "--without", "move", "--report", os.path.join(base.WORK, "report.txt"))
    check("without ID, MOVE, CLIENTID" in server.says, server.says)
    c = server.client(None, "imaps")
    check({"ID", "CLIENTID", "MOVE"}.isdisjoint(c.capability()[1][0].decode().split()) and b"IDLE" in c.capability()[1][0], "CAPABILITY")
    c.logout()
    t = server.context.wrap_socket(base.socket.create_connection(("127.0.0.1", server.tls), timeout=20), server_hostname="localhost")
    until(t, b"\r\n")
    ask(t, b"z CAPABILITY", b"z OK")
    check(b"a BAD" in ask(t, b"a ID NIL", b"a "), "ID that is not offered")
    check(b"b BAD" in ask(t, b"b CLIENTID UUID 23bf83be", b"b "), "CLIENTID that is not offered")
    check(b"c OK" in ask(t, b"c LOGIN u1 pw", b"c ") and b"d OK" in ask(t, b"d SELECT INBOX", b"d OK"), "LOGIN")
    check(b"e BAD" in ask(t, b"e MOVE 1 Trash", b"e ") and b"f BAD" in ask(t, b"f UID MOVE 1 Trash", b"f "), "MOVE that is not offered")
    check(b"g OK" in ask(t, b"g COPY 1 Trash", b"g "), "COPY is")
    t.close()
    clean(server, "u1:pw", "u2:pw", "u3:pw")
    server.p.terminate()
    server.p.communicate(timeout=30)
    report = open(os.path.join(base.WORK, "report.txt")).read()
    check("VIOLATES ID-3-b" in report and "VIOLATES CID-3.4-1c" in report, f"the client's report: {report[:1500]}")
    p = subprocess.run([BIN, "serve", "--without", "ID,XYZ"], capture_output=True, text=True, timeout=60)
    check(p.returncode == 2 and "--without: `XYZ`: expected some of ID IDLE" in p.stderr, f"--without XYZ: {p.stderr}")


def pieces():
    """More reads than one for a line, since each octet is written by itself."""
    server = Serve("--behaviour", "octet-by-octet")
    s = server.raw_socket()
    reads = 0
    for i in range(20):
        s.sendall(b"a%d CAPABILITY\r\n" % i)
        got = b""
        while b"a%d OK" % i not in got or not got.endswith(b"\r\n"):
            got += s.recv(65536)
            reads += 1
    check(reads > 60, f"20 answers came in {reads} pieces")
    s.close()
    server.end()


base.Serve.raw_socket = lambda self: base.socket.create_connection(("127.0.0.1", self.port), timeout=20)

if __name__ == "__main__":
    sys.exit(base.run_parts("serve_options", fixture, all_in_turn, without, pieces))
