"""A proxy of IMAP for test_between.py: it relays, takes X-ZZTEST out of capability lists and shows itself in ID; and under a name
of FAULTS it does one thing wrong. It shares no code with imapdiff. One thread for each connection."""
import re, select, socket, ssl, threading

TAGGED = re.compile(rb"(\S+) (\S+)")
LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")


class Session:
    """One client's connection and the one that is made for it to the back end."""

    def __init__(self, proxy, front):
        self.proxy, self.fault, self.front = proxy, proxy.fault, front
        self.front_in = self.back_in = b""
        self.literal = 0  # octets of the client's that belong to a command
        self.secure = self.in_ = self.cid = False
        self.mine = set()  # tags whose replies the client does not get
        self.starttls = self.idle = None
        self.pooled = False
        if self.fault == "pools" and proxy.pool:
            self.back, self.pooled = proxy.pool.pop(), True
            self.to_client(b"* OK IMAP4rev1 ready\r\n")
        else:
            self.back = socket.create_connection(("127.0.0.1", proxy.back_port), timeout=30)
            self.back.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def to_client(self, octets):
        self.front.sendall(octets)

    def to_back(self, octets):
        self.back.sendall(octets)

    # ---- the client's commands, line by line; literals as they are ----

    def command(self, line):
        """What goes on to the back end in place of the line."""
        fault, m = self.fault, TAGGED.match(line)
        if not m:
            return line
        tag, word = m[1], m[2].upper()
        if word == b"STARTTLS":
            self.starttls = tag
            return line
        if word == b"ID":
            return self.id(tag, line)
        if word == b"CLIENTID":
            return self.clientid(tag, line)
        if word == b"LOGIN" and self.pooled:
            self.in_ = True
            self.to_client(tag + b" OK again\r\n")
            return b""
        if word == b"LOGIN":
            self.login = tag
            if fault == "drops a backslash":
                return line.replace(rb"w\\ x", rb"w\ x")
            if fault == "refuses literals" and self.literal:
                self.literal = 0
                self.to_client(tag + b" BAD a literal\r\n")
                return b""
        if word == b"LOGOUT" and fault == "pools" and self.in_:
            self.to_client(b"* BYE\r\n" + tag + b" OK\r\n")
            self.proxy.pool.append(self.back)
            self.back = None
            raise EOFError
        if fault == "alters a command":
            line = line.replace(b"SEARCH UNSEEN", b"SEARCH SEEN")
        if fault == "adds a blank":
            line = line.replace(b"COPY 1 INBOX", b"COPY 1  INBOX")
        return line

    def id(self, tag, line):
        fault, list_ = self.fault, line.split(b" ", 2)[2].rstrip(b"\r\n")
        if fault == "answers ID itself":
            self.to_client(b'* ID ("name" "proxy")\r\n' + tag + b" OK\r\n")
            return b""
        if fault == "refuses ID":
            self.to_client(tag + b" BAD unknown\r\n")
            return b""
        if fault == "removes the client's list":
            list_ = b"NIL"
        if fault == "rewrites a client's field":
            list_ = list_.replace(b"Plan 9", b"Plan 8")
        if fault == "withholds a client's field":
            list_ = list_.replace(b'"os" "Plan 9" ', b"")
        if list_.endswith(b")") and fault not in ("hides itself", "shows in the response"):
            list_ = list_[:-1] + b' "x-proxy" "test")'
        return tag + b" ID " + list_ + b"\r\n"

    def clientid(self, tag, line):
        fault = self.fault
        ok = tag + b" OK stored\r\n"
        if fault == "answers CLIENTID itself" and self.secure and not self.in_:
            first, self.cid = not self.cid, True
            self.to_client(ok if first else tag + b" BAD twice\r\n")
            return b""
        if fault == "sends CLIENTID in clear" and self.secure and not self.in_:
            self.to_client(ok)
            self.mine.add(tag)
            return line
        if fault == "takes CLIENTID twice" and self.cid and not self.in_ or fault == "takes CLIENTID after login" and self.in_ or (
                fault == "takes CLIENTID in clear" and not self.secure):
            self.to_client(ok)
            return b""
        self.cid = True
        if fault == "changes case in a token":
            return re.sub(rb"(CLIENTID \S+ )(.*)", lambda m: m[1] + m[2].lower(), line, flags=re.S)
        if fault == "refuses a token in quotes" and b'"' in line:
            self.to_client(tag + b" BAD quotes\r\n")
            return b""
        if fault == "quotes a token":
            return re.sub(rb"(CLIENTID \S+ )([^\r]*)", rb'\1"\2"', line)
        return line

    def from_client(self, octets):
        self.front_in += octets
        while self.front_in:
            if self.starttls:
                return
            if self.literal:
                part, self.front_in = self.front_in[:self.literal], self.front_in[self.literal:]
                self.literal -= len(part)
                self.to_back(part)
                continue
            line, lf, rest = self.front_in.partition(b"\n")
            if not lf:
                return
            line, self.front_in = line + lf, rest
            m = LITERAL.search(line)
            if m and b"CLIENTID" not in line:
                self.literal = int(m[1])
            line = self.command(line)
            if line:
                self.to_back(line)

    # ---- the server's responses, each whole ----

    def response(self, r):
        """What the client gets in place of it."""
        fault, m = self.fault, TAGGED.match(r)
        tag, word = (m[1], m[2].upper()) if m else (b"+", b"")
        if tag in self.mine:
            return b""
        if tag == getattr(self, "login", None) and word == b"OK":
            self.in_ = True
            if fault == "tells an old list":
                return tag + b" OK [CAPABILITY IMAP4rev1 STARTTLS] in\r\n"
            if fault == "tells X-ZZTEST with LOGIN":
                return tag + b" OK [CAPABILITY IMAP4rev1 X-ZZTEST] in\r\n"
        if word == b"CAPABILITY":
            return self.capabilities(r)
        if b"[CAPABILITY" in r:
            before, list_, after = re.match(rb"(.*)\[(CAPABILITY [^]]*)(\].*)", r, re.S).groups()
            return r if fault == "greets with X-ZZTEST" else before + b"[" + self.capabilities(b"* " + list_)[2:-2] + after
        if word == b"ID" and tag == b"*":
            if fault == "removes the server's list":
                return b"* ID NIL\r\n"
            if fault == "rewrites a server's field":
                return r.replace(b"Plan 9", b"Plan 8")
            if fault == "shows in the response":
                return r.replace(b")\r\n", b' "x-proxy" "test")\r\n')
        if fault == "alters an octet of a literal":
            return r.replace(b"b1 OK no reply", b"b1 OK no rePly", 1)
        if fault == "drops the eighth bit":
            return bytes(c & 127 for c in r) if b"\xff" in r else r
        if fault == "turns NIL into an empty string" and b"ENVELOPE" in r:
            return r.replace(b" NIL NIL NIL", b' "" NIL NIL', 1)
        if fault == "renumbers a FETCH":
            return r.replace(b"* 2 FETCH (UID", b"* 3 FETCH (UID")
        drops = {"drops EXISTS": rb"\* 5 EXISTS", "drops SEARCH": rb"\* SEARCH", "drops EXPUNGE": rb"\* \d+ EXPUNGE", "drops FLAGS": rb"\* FLAGS"}
        if fault in drops and re.match(drops[fault], r):
            return b""
        if fault == "tells EXISTS twice" and re.match(rb"\* 5 EXISTS", r):
            return r + r
        if fault == "drops a response code":
            return re.sub(rb"\[APPENDUID [^]]*\] ", b"", r)
        if fault == "alters a text":
            return re.sub(rb"^(b\d+ OK) [^\[\r]+", rb"\1 Well", r)
        if fault == "swallows a tagged reply":
            last, self.last = getattr(self, "last", b""), word
            return b"" if last == b"NAMESPACE" else r
        return r

    def capabilities(self, r):
        fault, names = self.fault, r.rstrip(b"\r\n").split(b" ")
        if fault == "copies the list":
            return r
        if fault != "passes X-ZZTEST":
            names.remove(b"X-ZZTEST")
        drop = {"passes X-ZZTEST": b"CHILDREN", "drops ID from the list": b"ID", "strips STARTTLS": b"STARTTLS"}.get(fault)
        if drop in names:
            names.remove(drop)
        if fault == "adds a capability" and self.in_:
            names.append(b"QUOTA")
        if fault == "lists CLIENTID in clear" and not self.secure or fault == "lists CLIENTID after login" and self.in_ or (
                fault == "sends CLIENTID in clear" and self.secure and not self.in_):
            names.append(b"CLIENTID")
        return b" ".join(names) + b"\r\n"

    def from_back(self, octets):
        self.back_in += octets
        while True:
            end = 0
            while True:
                lf = self.back_in.find(b"\n", end)
                if lf < 0:
                    return
                m = LITERAL.search(self.back_in[end:lf + 1]) if self.back_in.startswith(b"* ") else None
                end = lf + 1
                if not m:
                    break
                end += int(m[1])
                if end > len(self.back_in):
                    return
            r, self.back_in = self.back_in[:end], self.back_in[end:]
            out = self.response(r)
            if out:
                self.to_client(out)
            if self.starttls and r.startswith(self.starttls + b" OK"):
                if self.fault == "answers commands behind STARTTLS":
                    more = self.front_in.decode("latin-1")
                    for line in more.splitlines():
                        self.to_client(line.split(" ")[0].encode() + b" OK\r\n")
                    self.front_in = b""
                self.secured()

    def secured(self):
        """Both sides begin TLS; what the client sent in clear behind STARTTLS is thrown away."""
        if self.fault == "sends CLIENTID in clear":
            pass  # the other side stays in clear; see from_client
        if self.fault != "executes what is behind STARTTLS":
            self.front_in = b""
        self.front = self.proxy.server_tls.wrap_socket(self.front, server_side=True)
        self.back = self.proxy.client_tls.wrap_socket(self.back)
        self.starttls, self.secure = None, True
        self.from_client(b"")

    def run(self):
        try:
            while True:
                ready = [s for s in (self.front, self.back) if isinstance(s, ssl.SSLSocket) and s.pending()]
                ready = ready or select.select([self.front, self.back], [], [], 60)[0]
                if not ready:
                    break
                for s in ready:
                    octets = s.recv(65536)
                    if not octets:
                        return
                    (self.from_client if s is self.front else self.from_back)(octets)
                    break  # TLS may have changed the sockets
        except (EOFError, OSError, ValueError):
            pass
        finally:
            for s in (self.front, self.back):
                if s and s not in self.proxy.pool:
                    s.close()


class Clear(Session):
    """Under TLS before itself, in clear behind it."""

    def command(self, line):
        m = TAGGED.match(line)
        if m and m[2].upper() == b"STARTTLS":
            self.to_client(m[1] + b" OK go\r\n")
            self.front = self.proxy.server_tls.wrap_socket(self.front, server_side=True)
            self.front_in, self.secure = b"", True
            return b""
        return super().command(line)

    def capabilities(self, r):
        r = super().capabilities(r)
        return r.replace(b" STARTTLS", b"") if self.secure else r


class Listener:
    """Takes connections until it is ended; take() says what becomes of one."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=32)
        self.port = self.listener.getsockname()[1]

    def begin(self, back_port):
        self.back_port = back_port
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                front, _ = self.listener.accept()
                front.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.take(front)
            except OSError:
                return

    def end(self):
        self.listener.close()


class Proxy(Listener):
    def __init__(self, fault, certificate, key):
        super().__init__()
        self.fault, self.pool = fault, []
        # TLS 1.3's tickets make select() say that a socket can be read when there is nothing for recv().
        self.client_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client_tls.check_hostname, self.client_tls.verify_mode = False, ssl.CERT_NONE
        self.client_tls.maximum_version = ssl.TLSVersion.TLSv1_2
        self.server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server_tls.load_cert_chain(certificate, key)

    def take(self, front):
        front.settimeout(30)
        kind = Clear if self.fault == "sends CLIENTID in clear" else Session
        threading.Thread(target=kind(self, front).run, daemon=True).start()


class Relay(Listener):
    """No proxy of IMAP: octets of a connection to a connection."""

    def take(self, front):
        back = socket.create_connection(("127.0.0.1", self.back_port), timeout=30)
        back.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for a, b in ((front, back), (back, front)):
            threading.Thread(target=self.copy, args=(a, b), daemon=True).start()

    @staticmethod
    def copy(a, b):
        try:
            a.settimeout(60)
            while octets := a.recv(65536):
                b.sendall(octets)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass


# What is wrong, the row that must say so, its verdict, and a clause of it.
FAULTS = [
    ("hides itself", "id.presence", "VIOLATES", "ID-5-a"),
    ("shows in the response", "id.presence", "AMBIGUOUS", "ID-5-a"),
    ("withholds a client's field", "id.fields", "CONFORMS", "ID-7-a"),
    ("rewrites a client's field", "id.fields", "AMBIGUOUS", "ID-7-a"),
    ("rewrites a server's field", "id.fields", "AMBIGUOUS", "ID-7-a"),
    ("drops ID from the list", "id.enabled", "DEVIATES", "ID-7-b"),
    ("refuses ID", "id.enabled", "VIOLATES", "ID-3-a"),
    ("answers ID itself", "id.client-list", "DEVIATES", "ID-7-c"),
    ("answers ID itself", "id.server-list", "DEVIATES", "ID-7-c"),
    ("answers ID itself", "id.presence", "VIOLATES", "ID-5-a"),
    ("removes the client's list", "id.client-list", "DEVIATES", "ID-7-c"),
    ("removes the client's list", "id.presence", "VIOLATES", "ID-5-a"),
    ("removes the server's list", "id.server-list", "DEVIATES", "ID-7-c"),
    ("passes X-ZZTEST", "caps.unknown", "VIOLATES", "ID-7-d"),
    ("copies the list", "caps.unknown", "AMBIGUOUS", "ID-7-d"),
    ("greets with X-ZZTEST", "caps.unknown", "VIOLATES", "ID-7-d"),
    ("tells X-ZZTEST with LOGIN", "caps.unknown", "VIOLATES", "ID-7-d"),
    ("tells an old list", "caps.filter", "VIOLATES", "R3501-6.2.1-d"),
    ("adds a capability", "caps.filter", "VIOLATES", "R3501-6.1.1"),
    ("lists CLIENTID in clear", "clientid.listed", "VIOLATES", "CID-3.3-a"),
    ("lists CLIENTID after login", "clientid.listed", "VIOLATES", "CID-3.3-b"),
    ("answers CLIENTID itself", "clientid.passed", "DEVIATES", "CID-3.1-f"),
    ("changes case in a token", "clientid.passed", "VIOLATES", "CID-4-f"),
    ("quotes a token", "clientid.passed", "VIOLATES", "CID-4-f"),
    ("refuses a token in quotes", "clientid.passed", "VIOLATES", "CID-3.2-d"),
    ("takes CLIENTID twice", "clientid.refused", "VIOLATES", "CID-3.4-3s"),
    ("takes CLIENTID after login", "clientid.refused", "VIOLATES", "CID-3.4-2s"),
    ("takes CLIENTID in clear", "clientid.clear", "VIOLATES", "CID-3.4-1s"),
    ("sends CLIENTID in clear", "clientid.clear", "VIOLATES", "CID-8-c"),
    ("strips STARTTLS", "tls.offered", "VIOLATES", "R3501-6.2.1"),
    ("executes what is behind STARTTLS", "tls.injection", "VIOLATES", "CID-D2"),
    ("answers commands behind STARTTLS", "tls.injection", "VIOLATES", "CID-D2"),
    ("drops a backslash", "login.verbatim", "VIOLATES", "R3501-4.3"),
    ("refuses literals", "login.verbatim", "VIOLATES", "R3501-9"),
    ("alters an octet of a literal", "session.responses", "VIOLATES", "R3501-6.4.5"),
    ("drops the eighth bit", "session.responses", "VIOLATES", "R3501-6.4.5"),
    ("turns NIL into an empty string", "session.responses", "VIOLATES", "R3501-6.4.5"),
    ("renumbers a FETCH", "session.responses", "VIOLATES", "MAP-I1"),
    ("drops EXISTS", "session.responses", "VIOLATES", "R3501-7.3.1"),
    ("tells EXISTS twice", "session.responses", "VIOLATES", "R3501-7.3.1"),
    ("drops SEARCH", "session.responses", "VIOLATES", "R3501-7.2.5"),
    ("drops EXPUNGE", "session.responses", "VIOLATES", "R3501-7.4.1-d"),
    ("drops FLAGS", "session.responses", "VIOLATES", "R3501-7.2.6"),
    ("drops a response code", "session.responses", "VIOLATES", "R4315-3"),
    ("swallows a tagged reply", "session.responses", "VIOLATES", "MAP-I13"),
    ("alters a text", "session.responses", "UNDOCUMENTED", "ID-5-a"),
    ("alters a command", "session.commands", "UNDOCUMENTED", "ID-5-a"),
    ("adds a blank", "session.commands", "UNDOCUMENTED", "ID-5-a"),
    ("pools", "session.fresh", "VIOLATES", "R3501-3.2"),
]
