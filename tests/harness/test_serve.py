#!/usr/bin/env python3
"""imapdiff serve as clients meet it: sessions in clear, under STARTTLS and TLS; two clients with an expunge; IDLE; what is beyond a
limit, and that others do not notice; the end on SIGTERM. At the end: nothing of it is left, no sanitizer has spoken."""
import imaplib, os, re, shutil, signal, socket, ssl, subprocess, sys, time

BIN = os.path.abspath(os.environ.get("IMAPDIFF", "build/san/imapdiff"))
WORK = os.path.abspath("build/tests/" + os.path.basename(sys.argv[0]).removesuffix(".py"))  # each script's own: they run at once
os.environ.setdefault("IMAPDIFF_LUA", os.path.abspath("lua"))
wrong = []
started = []


def check(ok, what):
    if not ok:
        wrong.append(what)
        print("FAILED", what)


class Serve:
    def __init__(self, *options):
        self.ca = os.path.join(WORK, "ca.pem")
        self.p = subprocess.Popen([BIN, "serve", "--listen", "127.0.0.1:0", "--write-ca", self.ca, *options],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(self.p)
        self.says = self.p.stdout.readline()
        found = re.findall(r"://127\.0\.0\.1:(\d+)/", self.says)
        if len(found) != 2:
            raise SystemExit(f"FAILED to start: {self.says}{self.p.stderr.read()}")
        self.port, self.tls = map(int, found)
        self.context = ssl.create_default_context(cafile=self.ca)

    def client(self, user="u1", how="imap"):
        if how == "imaps":
            c = imaplib.IMAP4_SSL("localhost", self.tls, ssl_context=self.context, timeout=20)
        else:
            c = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        if how == "starttls":
            c.host = "localhost"
            c.starttls(self.context)
        if user:
            c.login(user, "pw")
        return c

    def raw(self):
        s = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        check(s.recv(100).startswith(b"* OK "), "a greeting")
        return s

    def end(self):
        began = time.monotonic()
        self.p.send_signal(signal.SIGTERM)
        _, err = self.p.communicate(timeout=30)
        check(self.p.returncode == 0 and err == "", f"SIGTERM: exit status {self.p.returncode}: {err[-2000:]}")
        check(time.monotonic() - began < 8, "the end takes long")


def until(s, what):
    """Reads until `what`, or the end."""
    got = b""
    first = what.lstrip() or what  # a line's beginning is one without a line before, too
    try:
        while what not in got and not got.startswith(first):
            more = s.recv(65536)
            if not more:
                break
            got += more
    except TimeoutError:
        got += b" [nothing more in time]"
    except ConnectionResetError:
        got += b" [reset]"
    return got


def ask(s, line, tag):
    s.sendall(line + b"\r\n")
    return until(s, b"\r\n" if not tag else tag)


def sessions(server):
    c = server.client()
    check(c.enable("X")[0] == "OK", "ENABLE")
    check(b'(\\HasNoChildren) "/" INBOX' in c.list()[1], "LIST")
    check(b'(\\Noselect \\HasChildren) "/" Shared' in c.list('""', "%")[1], "a level that is no mailbox")
    check(c.select("INBOX")[1] == [b"4"], "SELECT")
    check(c.search(None, "UNSEEN", "SINCE", "3-Nov-2026")[1] == [b"2 3"], "SEARCH")
    check(c.search("UTF-8", b"SUBJECT", '"pict"')[1] == [b"3"], "SEARCH of a subject")
    parts = c.fetch("3", "(BODYSTRUCTURE BODY.PEEK[1.2.MIME] BODY.PEEK[2]<5.10>)")[1]
    check(parts[0][1] == b"Content-Type: text/html; charset=us-ascii\r\n\r\n" and parts[1][1] == b"DlhAQABAIA",
          f"parts: {parts}")
    check(b'"image" "gif"' in parts[0][0], "BODYSTRUCTURE")
    text = b"Subject: sent\r\n\r\n" + b"x" * 300000 + b"\r\n"
    r = c.append("&AOQ-", None, None, text)
    check(r[0] == "NO" and b"TRYCREATE" in r[1][0], f"APPEND to a mailbox that is not there: {r}")
    check(c.create("&AOQ-")[0] == "OK", "CREATE in modified UTF-7")
    r = c.append("&AOQ-", r"(\Seen new)", '" 1-Mar-1999 23:30:00 -0800"', text)
    check(r[0] == "OK" and b"APPENDUID" in r[1][0], f"APPEND: {r}")
    check(c.select("&AOQ-")[1] == [b"1"], "SELECT of it")
    got = c.uid("FETCH", "1", "(FLAGS INTERNALDATE BODY[])")[1]
    check(got[0][1] == text and rb'" 1-Mar-1999 23:30:00 -0800"' in got[0][0] and rb"\Seen new" in got[0][0], "UID FETCH")
    check(c.uid("MOVE", "1", "Trash")[0] == "OK" and c.response("COPYUID")[1][0], "UID MOVE")
    check(c.xatom("UNSELECT")[0] == "OK" and c.xatom("ID", "NIL")[0] == "OK", "UNSELECT")
    check(c.namespace()[1] == [b'(("" "/")) NIL (("Shared/" "/"))'], "NAMESPACE")
    check(c.logout()[0] == "BYE", "LOGOUT")
    p = server.client(None)
    check(p.authenticate("PLAIN", lambda _: b"\0u2\0pw")[0] == "OK", "AUTHENTICATE PLAIN")
    p.logout()
    s = server.raw()
    check(b"a OK" in ask(s, b"a AUTHENTICATE PLAIN AHUyAHB3", b"a OK"), "with an initial response")
    check(b"b BAD" in ask(s, b"b AUTHENTICATE PLAIN AHUyAHB3", b"b "), "twice")
    s.close()
    texts = set()
    for line in (b"x LOGIN u1 no", b"x LOGIN nobody pw", b"x AUTHENTICATE PLAIN AHUyAG5v"):
        s = server.raw()
        texts.add(ask(s, line, b"\r\n"))
        s.close()
    check(texts == {b"x NO Failed to authenticate\r\n"}, f"one text for all refusals: {texts}")


def secured(server):
    for how in ("starttls", "imaps"):
        c = server.client("u3", how)
        check(c.select("Shared/Team")[1] == [b"3"], f"{how}: the mailbox of all")
        check(len(c.fetch("1:3", "(BODY.PEEK[])")[1]) == 6, how)
        c.logout()
    # CID-D2: what comes in clear behind STARTTLS is thrown away; CID-3.3-a: CLIENTID is offered under TLS alone.
    s = server.raw()
    s.sendall(b"a STARTTLS\r\nb CAPABILITY\r\nc LOGIN u1 pw\r\n")
    got = until(s, b"a OK")
    t = server.context.wrap_socket(s, server_hostname="localhost")
    got2 = ask(t, b"d CAPABILITY", b"d OK")
    check(b" CLIENTID" in got2 and b"b OK" not in got + got2 and b"c " not in got2, f"STARTTLS: {got} {got2}")
    check(b"e OK" in ask(t, b"e CLIENTID UUID 23bf83be-aad9-46aa-9e0f-39191ccbd1d2", b"e "), "CLIENTID")
    check(b"f BAD" in ask(t, b"f CLIENTID UUID 23bf83be-aad9-46aa-9e0f-39191ccbd1d2", b"f "), "CLIENTID twice")
    t.close()
    s = server.raw()
    check(b"CLIENTID" not in ask(s, b"a CAPABILITY", b"a OK"), "CLIENTID is not offered in clear")
    s.close()


def together(server):
    a, b, c = server.client("u1"), server.client("u2", "imaps"), server.client("u3")
    for x in (a, b, c):
        x.select("Shared/Team")
    b.send(b"i1 IDLE\r\n")
    check(b.readline().startswith(b"+ "), "IDLE")
    a.store("2", "+FLAGS", r"(\Deleted)")
    check(b.readline() == b"* 2 FETCH (FLAGS (\\Deleted))\r\n", "flags are pushed to who idles")
    check(a.expunge()[1] == [b"2"], "EXPUNGE")
    check(b.readline() == b"* 2 EXPUNGE\r\n", "so is an expunge")
    a.append("Shared/Team", None, None, b"Subject: more\r\n\r\nmore\r\n")
    check(b.readline() == b"* 3 EXISTS\r\n", "so is a new message")
    b.send(b"DONE\r\n")
    check(b.readline().startswith(b"i1 OK"), "DONE")
    # MAP-I3: not while FETCH runs, but at NOOP.
    c.untagged_responses.clear()
    c.fetch("1", "(FLAGS)")
    check("EXPUNGE" not in c.untagged_responses, "no EXPUNGE within FETCH")
    c.noop()
    check(c.untagged_responses.get("EXPUNGE") == [b"2"], f"EXPUNGE at NOOP: {c.untagged_responses}")
    for x in (a, b, c):
        x.logout()


def limits(server):
    calm = server.client("u1")
    calm.select("INBOX")
    s = server.raw()
    check(b"* BYE" in ask(s, b"a LOGIN " + b"x" * 400000, b"* BYE"), "a long line before login")
    s = server.raw()
    ask(s, b"a LOGIN u1 pw", b"a OK")
    check(b"b NO [TOOBIG]" in ask(s, b"b APPEND INBOX {99999999999}", b"b "), "a huge literal")
    check(b"c OK" in ask(s, b"c NOOP", b"c "), "and it goes on")
    check(b"* BYE" in ask(s, b"d APPEND INBOX {99999999+}", b"* BYE"), "a huge literal that comes unasked")
    s = server.raw()
    got = ask(s, b"\0\xff\x80 garbage\r\n" + bytes(range(256)) * 20 + b"\r\nz NOOP", b"z OK")
    check(b"z OK" in got, f"garbage: {got[-200:]}")
    # Many commands at once from one who does not read: others are served meanwhile.
    s = server.raw()
    ask(s, b"a LOGIN u2 pw\r\nb SELECT INBOX", b"b OK")
    s.settimeout(2)
    sent = 0
    try:
        for _ in range(4000):
            s.sendall(b"c FETCH 1:* (BODY.PEEK[] ENVELOPE BODYSTRUCTURE)\r\n" * 100)
            sent += 100
            if sent % 1000 == 0:
                began = time.monotonic()
                calm.fetch("1:*", "(FLAGS)")
                check(time.monotonic() - began < 3, "another client waits for long")
    except TimeoutError:
        pass
    s.close()
    # One octet at a time, a connection that is cut, one that says nothing.
    s = server.raw()
    for k in b"a LOGIN u3 pw\r\nb LOGOUT\r\n":
        s.sendall(bytes([k]))
    check(b"b OK" in until(s, b"b OK"), "octet by octet")
    check(until(s, b"none") == b"", "the connection ends behind LOGOUT")
    quiet = [server.raw() for _ in range(3)]
    s = server.raw()
    s.sendall(b"a APPEND")
    s.close()
    # A client that ends its side still gets its answers.
    s = server.raw()
    s.sendall(b"a LOGIN u1 pw\r\nb STATUS INBOX (MESSAGES)\r\n")
    s.shutdown(socket.SHUT_WR)
    check(b"b OK" in until(s, b"b OK"), "answers behind the client's end")
    t = socket.create_connection(("127.0.0.1", server.tls), timeout=20)
    t.sendall(b"a LOGIN u1 pw\r\n" * 10)  # no TLS
    check(b"OK" not in until(t, b"OK"), "no TLS where TLS is expected")
    check(calm.noop()[0] == "OK", "the calm client")
    return quiet


def options():
    def refused(text, *words):
        p = subprocess.run([BIN, "serve", *words], capture_output=True, text=True, timeout=60)
        check(p.returncode == 2 and text in p.stderr and p.stderr.count("\n") == 1, f"{words}: {p.returncode} {p.stderr}")

    refused("expected ADDR:PORT", "--listen", "1143x")
    refused("nearest: ghosted-mailbox", "--behaviour", "ghosted-mailbx")
    refused("expected the name of one", "--behaviour", "")
    refused("expected some of ID", "--without", "")
    refused("expected two values", "--tls", "a.pem")
    refused("/nonexistent/a: No such file", "--tls", "/nonexistent/a", "/dev/null", "--listen", "127.0.0.1:0")
    refused("`a` stands there twice", "--user", "a:b", "--user", "a:c")
    refused("there is no user `nobody`", "--clientid", "allow=nobody:UUID:x", "--listen", "127.0.0.1:0")
    refused("expected a PEM certificate", "--tls", "/dev/null", "/dev/null", "--listen", "127.0.0.1:0")
    empty = os.path.join(WORK, "empty")
    os.makedirs(empty)
    refused("expected a Maildir", "--mail", empty, "--listen", "127.0.0.1:0")
    refused("cannot write", "--write-ca", "/nonexistent/ca.pem", "--listen", "127.0.0.1:0")
    taken = socket.create_server(("127.0.0.1", 0))
    refused("cannot listen on", "--listen", "127.0.0.1:%d" % taken.getsockname()[1])


def ends():
    """Mail that may not be read, no room for what is said, two signals at once."""
    os.makedirs(os.path.join(WORK, "closed", "cur"), 0)
    os.chmod(os.path.join(WORK, "closed"), 0o755)
    if os.geteuid() == 0:  # who may read anything else
        p = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", BIN, "serve", "--listen", "127.0.0.1:0", "--mail",
                            os.path.join(WORK, "closed")], capture_output=True, text=True, timeout=60)
        check(p.returncode == 2 and "closed/cur: Permission denied" in p.stderr, f"a folder that may not be read: {p.returncode} {p.stderr}")
    with open("/dev/full", "w", encoding="ascii") as full:
        p = subprocess.run([BIN, "serve", "--listen", "127.0.0.1:0"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        check(p.returncode == 2 and "standard output: No space left" in p.stderr, f"no room for the ports: {p.returncode} {p.stderr}")
    server = Serve("--id-log", "/dev/full")
    ask(server.raw(), b'a ID ("name" "x")', b'a OK')
    server.p.terminate()
    _, err = server.p.communicate(timeout=30)
    check(server.p.returncode == 2 and "--id-log" in err, f"no room for the log: {server.p.returncode} {err}")
    for _ in range(5):
        report = os.path.join(WORK, "twice.txt")
        server = Serve("--report", report)
        server.p.send_signal(signal.SIGINT)
        server.p.send_signal(signal.SIGINT)
        _, err = server.p.communicate(timeout=30)
        check(server.p.returncode == 0 and "clients: 0 connections" in open(report).read(), f"two signals at once: {server.p.returncode} {err}")


def mail():
    """A Maildir with folders of both kinds, and an mbox."""
    box = os.path.join(WORK, "Maildir")
    for folder in ("", ".Archive.2025", "Nested/Größe & mehr 😀"):
        for sub in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(box, folder, sub))
    one = os.path.join(box, "cur", "1:2,FS")
    with open(one, "wb") as f:
        f.write(b"Subject: one\n\nfirst\r\nsecond\n")
    os.utime(one, (951782400, 951782400))  # 29-Feb-2000
    open(os.path.join(box, "new", "2"), "wb").write(b"Subject: two\n\n")
    open(os.path.join(box, ".Archive.2025", "cur", "3:2,"), "wb").write(b"")
    server = Serve("--mail", box)
    c = server.client()
    names = [l.split(b' "/" ')[1].strip(b'"') for l in c.list()[1]]
    # RFC 3501 5.1.3; RFC 2781: U+1F600 is D83D DE00 in UTF-16.
    check(names == [b"INBOX", b"Archive/2025", b"Nested/Gr&APYA3w-e &- mehr &2D3eAA-"], f"names of a Maildir: {names}")
    c.select("INBOX")
    got = c.fetch("1", "(FLAGS INTERNALDATE BODY.PEEK[])")[1][0]
    check(got[1] == b"Subject: one\r\n\r\nfirst\r\nsecond\r\n" and b'"29-Feb-2000 00:00:00 +0000"' in got[0] and
          rb"(\Flagged \Seen)" in got[0], f"a message of a Maildir: {got}")
    server.end()
    path = os.path.join(WORK, "mbox")
    with open(path, "wb") as f:
        f.write(b"From a@example.org Tue Feb 29 00:00:01 2000\nSubject: one\n\n>From here\n>>From there\nFrom one to another\nFromage\n\n"
                b"From b@example.org Wed Mar  1 00:00:01 2000\nSubject: two\n\ntext\n"
                b"From c@example.org Thu Mar  2 00:00:01 2000\nSubject: three, and no empty line before it\n\n")
    server = Serve("--mail", path)
    c = server.client()
    check(c.select("INBOX")[1] == [b"3"], "an mbox")
    got = c.fetch("1:2", "(INTERNALDATE BODY.PEEK[])")[1]
    check(got[0][1] == b"Subject: one\r\n\r\nFrom here\r\n>From there\r\nFrom one to another\r\nFromage\r\n" and b"29-Feb-2000 00:00:01" in got[0][0],
          f"its first message: {got[0]}")
    check(got[2][1] == b"Subject: two\r\n\r\ntext\r\n", f"its second: {got[2]}")
    server.end()


def behaves():
    """A practice, and a fault that the judge must find over the network."""
    server = Serve("--behaviour", "refuse-delete", "--user", "x:y", "--user", "u1:pw", "--seed", "7")
    check("refuse-delete" in server.says and "for x, u1" in server.says, server.says)
    a, b = server.client("u1"), server.client("u1")
    a.create("FOO")
    b.select("FOO")
    check(a.delete("FOO")[0] == "NO", "refuse-delete")
    server.end()
    server = Serve("--behaviour", "fetch-wrong-message")
    run = subprocess.run([BIN, "check", f"imap://u1:pw@127.0.0.1:{server.port}/", "--programs", "60", "--first", "--scenario", "", "--quiet"],
                         cwd=WORK, capture_output=True, text=True, timeout=120)
    check(run.returncode == 1 and "MAP-I2" in run.stdout, f"a fault over the network: {run.returncode} {run.stdout[-800:]}")
    server.end()


def run_parts(name, *parts):
    """A script's main: each part in turn, in an empty folder; the exit status. No server outlives it."""
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(WORK)
    try:
        for part in parts:
            part()
    finally:
        for p in started:
            p.kill()
    print(f"{name}: ok" if not wrong else f"{name}: {len(wrong)} failed")
    return bool(wrong)


def clients():
    log = os.path.join(WORK, "ids")
    server = Serve("--id-log", log)
    sessions(server)
    secured(server)
    together(server)
    quiet = limits(server)
    # ID-8-d: a flood of lists; the log stays small.
    s = server.raw()
    for i in range(2000):
        s.sendall(b'i ID ("name" "n%d" "x" "%%s \\"%s")\r\n' % (i % 500, b"y" * 900))
    check(b"j OK" in ask(s, b"j NOOP", b"j OK"), "a flood of IDs")
    server.end()
    check(until(quiet[0], b"BYE").startswith(b"* BYE "), "BYE at the end")
    size = os.path.getsize(log)
    check(0 < size < 200000 and "id: " in open(log).read(), f"the log of IDs has {size} octets")


if __name__ == "__main__":
    sys.exit(run_parts("serve", clients, options, ends, mail, behaves))
