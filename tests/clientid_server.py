#!/usr/bin/env python3
"""A small IMAP4rev1 server with CLIENTID, to test a checker of it: correct, or by --fault wrong in one line.

Written from draft-yu-imap-client-id-01, RFC 3501, 2595, 2971, 3691 and 4959; shares no code with the checker.
A line with a fault ends in the fault's entry, `# clause: description`; --list-faults prints these as a table.
Users u1 to u4, password pw (in clear too, it serves loopback alone); u4 needs `CLIENTID UUID good-token`.
Boxes can be made but hold no messages; LIST, STATUS and what needs messages (APPEND, FETCH, ...) gets BAD.
"""
import argparse, base64, contextlib, itertools, os, re, select, socketserver, ssl, subprocess, tempfile
import threading, time

BEFORE_LOGIN, AFTER_LOGIN = ["login", "authenticate"], ["select", "examine", "create", "delete"]
SELECTED, ANYTIME = "check close unselect expunge".split(), "capability noop logout id clientid".split()
ATOM = rb'[^\x00-\x20(){%*"\\\]\x7f-\xff]+'
END = rb"\r\n\Z"                               # lines are cut at LF, so that one without CR is a syntax error
VALIDITY = itertools.count(int(time.time()))
BOXES = {b"u%d" % n: {b"INBOX": next(VALIDITY)} for n in (1, 2, 3, 4)}      # user: {name: UIDVALIDITY}
CONTEXT, OPTIONS, ALL = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), argparse.Namespace(), set()    # ALL sessions
with open(__file__, encoding="ascii") as source:
    FAULTS = {e[0]: e[1:] for e in re.findall(r'fault\("([a-z0-9-]+)"\).* # (CID-\S+): (.+)', source.read())}


class No(Exception): """Refused: a tagged NO."""
class Bad(Exception): """Unknown, malformed or out of place: a tagged BAD."""
class Bye(Exception): """The end of the connection, with an untagged BYE."""


def fault(name):
    return OPTIONS.fault == name


def client_id(line):
    """Type and token from the rest of a CLIENTID line, or None. A token is octets, no string or literal."""
    kind, least, most, octets = rb"[A-Za-z0-9]{1,16}", 1, 128, rb"\x21-\x7e"
    if fault("type-17"): kind = rb"[A-Za-z0-9]{1,17}"  # CID-3.2-c: a type of 17 octets is accepted
    if fault("type-16"): kind = rb"[A-Za-z0-9]{1,15}"  # CID-3.2-d: a type of 16 octets is refused
    if fault("type-empty"): kind = rb"[A-Za-z0-9]{0,16}"  # CID-3.2-c: an empty type is accepted
    if fault("token-129"): most = 129  # CID-3.2-c: a token of 129 octets is accepted
    if fault("token-128"): most = 127  # CID-3.2-d: a token of 128 octets is refused
    if fault("token-empty"): least = 0  # CID-3.2-c: an empty token is accepted
    if fault("token-8bit"): octets = rb"\x21-\x7e\x80-\xff"  # CID-3.2-c: octets of 8 bits are accepted
    if fault("token-quote"): octets = rb"\x21\x23-\x7e"  # CID-4-f: a token with a double quote is refused
    if fault("argument-3"): line = re.sub(rb"( \S+ \S+) .*", rb"\1\r", line)  # CID-3.2-c: a third is ignored
    if fault("space-doubled"): line = re.sub(rb" +", rb" ", line)  # CID-4-d: two spaces count as one
    match = re.fullmatch(rb" (%s) ([%s]{%d,%d})\r\n" % (kind, octets, least, most), line)
    return match and (match[1].upper(), match[2])


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        self.sock, self.tls, self.buffer, self.open, self.enabled = self.request, False, b"", True, True
        self.user = self.box = self.identity = self.advertised = None
        self.sock.setsockopt(6, 1, 1)                          # TCP_NODELAY: replies of several lines at once
        ALL.add(self)
        with contextlib.suppress(OSError):
            if self.server.tls: self.start_tls()
            self.send("* OK %sReady" % ("[CAPABILITY %s] " % self.capabilities() if OPTIONS.greet else ""))
            while self.open: self.command()
            self.sock.settimeout(1)
            if self.tls: self.sock.unwrap().close()
        ALL.discard(self)

    def start_tls(self):
        self.sock, self.tls = CONTEXT.wrap_socket(self.sock, server_side=True), True

    def send(self, text):
        self.sock.sendall(text.encode() + b"\r\n")

    def octets(self, size=None):
        """The next `size` octets; without size the next line, LF included."""
        while b"\n" not in self.buffer if size is None else len(self.buffer) < size:
            data = self.sock.recv(65536)
            if not data or len(self.buffer) > 1 << 20: raise Bye("End of input, or too much")
            self.buffer += data
        end = self.buffer.index(b"\n") + 1 if size is None else size
        value, self.buffer = self.buffer[:end], self.buffer[end:]
        return value

    def take(self, pattern, must=True):
        """Takes what matches off the rest of the command line; BAD where it must match and does not."""
        match = re.match(pattern, self.rest)
        if must and not match: raise Bad("Syntax error")
        if match: self.rest = self.rest[match.end():]
        return match

    def string(self):
        if self.rest[:1] == b'"':
            return re.sub(rb"\\(.)", rb"\1", self.take(rb'"((?:[^\x00\r\n"\\\x80-\xff]|\\["\\])*)"')[1])
        size = int(self.take(rb"\{(\d{1,5})\}" + END)[1])      # a larger one is refused before it is sent
        self.send("+ Go on")
        value, self.rest = self.octets(size), self.octets()
        if b"\0" in value: raise Bad("NUL in a literal")
        return value

    def astring(self):
        self.take(rb" ")
        return self.string() if self.rest[:1] in (b'"', b"{") else self.take(rb"(?:%s|\])+" % ATOM)[0]

    def command(self):
        """One command, from its line to its tagged reply."""
        tag = name = "*"
        try:
            self.rest = self.octets()
            tag = self.take(rb'([^\x00-\x20(){%*"\\+\x7f-\xff]+) ')[1].decode()
            name = self.take(ATOM)[0].decode()
            name = "" if fault("case") and name == "clientid" else name.lower()  # CID-4-a: lower case unknown
            allowed = AFTER_LOGIN if self.user else BEFORE_LOGIN + ["starttls"] * (not self.tls)
            if name not in ANYTIME + allowed + SELECTED * bool(self.box): raise Bad("Unknown, or not now")
            if name in ANYTIME[:3] + SELECTED + ["starttls"]: self.take(END)         # they have no arguments
            reply = "OK %s" % (getattr(self, "do_" + name, str)() or "Completed")  # str: nothing to do
        except (No, Bad, Bye) as error:
            reply = "%s %s" % (type(error).__name__.upper(), error)
            tag, self.open = ("*", False) if isinstance(error, Bye) else (tag, True)
        self.send("%s %s" % (tag, reply))
        if name == "starttls" and reply[:2] == "OK":
            if not fault("injection"): self.buffer = b""  # CID-D2: clear text after STARTTLS is executed
            self.start_tls()

    def capabilities(self):
        """The list for now. That it had CLIENTID is remembered, for 3.4."""
        listed = self.enabled and self.tls and not self.user
        if fault("advertise-clear"): listed |= not self.tls  # CID-3.3-a: CLIENTID is listed in clear
        if fault("advertise-user"): listed |= bool(self.user)  # CID-3.3-b: CLIENTID is listed after login
        if fault("advertise-once"): listed &= not self.advertised  # CID-3.3-d: CLIENTID is listed only once
        self.advertised = self.advertised or listed
        names = ["IMAP4rev1", "ID", "UNSELECT"] + ["CLIENTID"] * listed
        if fault("value"): names = names[:3] + ["CLIENTID=1"] * listed  # CID-4-b: listed as CLIENTID=1
        if fault("drops-id") and self.identity: names.remove("ID")  # CID-D4: CLIENTID ends the capability ID
        return " ".join(names + (["AUTH=PLAIN", "SASL-IR"] + ["STARTTLS"] * (not self.tls)) * (not self.user))

    def do_capability(self):
        self.send("* CAPABILITY " + self.capabilities())

    def do_logout(self):
        self.send("* BYE Until next time")
        self.open = False

    def do_id(self):
        """RFC 2971. What the client says changes nothing, so it is not even kept."""
        opened, space = self.take(rb"(?i) (NIL|\()")[1] == b"(", rb""
        while opened and not self.take(rb"\)", must=False):
            self.take(space)
            self.string()
            self.take(rb" ")
            self.take(rb"(?i)NIL", must=False) or self.string()
            space = rb" "
        self.take(END)
        self.send('* ID ("name" "clientid_server")')

    def do_clientid(self):
        line, self.rest = self.rest, b""
        if fault("literal") and b"{5}\r" in line: self.send("+ "), self.octets(5)  # CID-D3: {5} is a literal
        if fault("literal-plus") and b"{5+}\r" in line: self.octets(5)  # CID-D3: {5+} swallows five octets
        if fault("advertise-only"): raise Bad("Unknown")  # CID-1-a: CLIENTID is listed, never accepted
        if not self.advertised and not fault("early"): raise Bad("Unknown")  # CID-3.4-1s: accepted unlisted
        if self.user and not fault("late"): raise Bad("Too late")  # CID-3.4-2s: accepted after login
        if self.identity and not fault("twice"): raise Bad("Only once")  # CID-3.4-3s: one more is accepted
        found = client_id(line)
        if not found:
            if fault("malformed-counts"): self.identity = b"", b""  # CID-3.4-3i: a malformed one counts
            if fault("malformed-bye"): raise Bye("Malformed")  # CID-3.2-c: a malformed one ends the session
            if fault("malformed-no"): raise No("Malformed")  # CID-3.1-c: a malformed one gets NO
            raise Bad("Malformed")
        self.identity = found
        if fault("valid-no"): raise No("Not liked")  # CID-3.1-d: a valid one gets NO
        if fault("untagged"): self.send("* CLIENTID Stored")  # CID-3.1-b: a valid one is answered untagged
        if fault("logs-in"): self.user = b"u1"  # CID-D4: CLIENTID logs in
        if fault("twin"): [s.sock.shutdown(2) for s in ALL - {self} if s.identity == found]  # CID-D5: ends it
        return found[1].decode() if fault("echo") else "Stored"  # CID-3.1-e: the text of the OK is the token

    def log_in(self, user, password):
        refusal = "[AUTHENTICATIONFAILED] Authentication failed"    # whatever the reason (5.1)
        known = user in BOXES and password == b"pw"
        if known and (user != b"u4" or self.identity == (b"UUID", b"good-token")):
            self.user = user
            return "[CAPABILITY IMAP4rev1 CLIENTID] Hi" if fault("code") else ""  # CID-3.3-b: listed at login
        if fault("accept-again"): self.identity = None  # CID-3.4-3s: accepted again after a failed login
        if fault("advertise-until"): self.enabled = False  # CID-3.3-d: a failed login ends the advertising
        if fault("policy-text") and known: refusal += " by ID"  # CID-5.1-8: SHOULD: the text tells the reason
        if fault("policy-word") and known: raise Bad(refusal)  # CID-5.1-8: SHOULD: BAD tells the reason
        raise No(refusal)

    def do_login(self):
        user, password = self.astring(), self.astring()
        self.take(END)
        return self.log_in(user, password)

    def do_authenticate(self):
        """SASL PLAIN (RFC 4616), with an initial response or without."""
        if self.take(rb" (%s)(?=[ \r])" % ATOM)[1].upper() != b"PLAIN": raise No("Unknown mechanism")
        if self.take(END, must=False):
            self.send("+ ")
            self.rest = b" " + self.octets()
        answer = self.take(rb" ([A-Za-z0-9+/=]*)" + END)[1]
        try: role, user, password = base64.b64decode(answer, validate=True).split(b"\0")
        except ValueError: raise Bad("Malformed response")
        return self.log_in(user if role in (b"", user) else b"", password)

    def boxes(self):
        """The user's mailboxes, and the name that is the command's only argument."""
        name = self.astring()
        self.take(END)
        return BOXES[self.user], b"INBOX" if name.upper() == b"INBOX" else name

    def do_select(self, mode="READ-WRITE"):
        (boxes, name), self.box = self.boxes(), None
        if name not in boxes: raise No("No such mailbox")
        self.box = name
        for text in (r"FLAGS (\Answered \Flagged \Deleted \Seen \Draft)", "0 EXISTS", "0 RECENT",
                     "OK [UIDNEXT 1] 1", "OK [PERMANENTFLAGS ()] 0", "OK [UIDVALIDITY %d] 1" % boxes[name]):
            self.send("* " + text)
        return "[%s] Selected" % mode

    def do_unselect(self):
        self.box = None

    do_close, do_examine = do_unselect, lambda self: self.do_select("READ-ONLY")

    def do_create(self):
        boxes, name = self.boxes()
        if name in boxes or not re.fullmatch(rb"[!#$'-)+-\[\]-~]{1,200}", name): raise No("Not a new name")
        boxes[name] = next(VALIDITY)

    def do_delete(self):
        boxes, name = self.boxes()
        if name == b"INBOX" or not boxes.pop(name, None): raise No("No such mailbox, or INBOX")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fault", choices=FAULTS, metavar="NAME", help="be wrong in this way")
    parser.add_argument("--list-faults", action="store_true", help="print names, clauses, descriptions")
    parser.add_argument("--dir", help="where the temporary folder for the certificate is made")
    parser.add_argument("--greet", action="store_true", help="list the capabilities in the greeting")
    if parser.parse_args(namespace=OPTIONS).list_faults:
        raise SystemExit(print(*("\t".join((name, *entry)) for name, entry in FAULTS.items()), sep="\n"))
    with tempfile.TemporaryDirectory(dir=OPTIONS.dir) as folder:
        make = ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=here"
                " -addext subjectAltName=IP:127.0.0.1,DNS:localhost -keyout both.pem -out both.pem")
        subprocess.run(make.split(), cwd=folder, check=True, stderr=subprocess.DEVNULL)
        CONTEXT.load_cert_chain(folder + "/both.pem")
    socketserver.TCPServer.request_queue_size, socketserver.ThreadingMixIn.daemon_threads = 128, True
    servers = [socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) for _ in range(2)]
    for server in servers:
        server.tls = server is servers[1]                           # before it serves
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("127.0.0.1", *(server.server_address[1] for server in servers), "u1 pw", flush=True)
    parent = os.getppid()
    while os.getppid() == parent and (not select.select([0], [], [], 1)[0] or os.read(0, 4096)): pass
