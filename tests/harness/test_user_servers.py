#!/usr/bin/env python3
"""What a user sees when a server is bad: one clear error, the documented exit status, and findings made before are kept.

A private Dovecot stands behind a proxy that spoils things after a number of responses; servers that are bad from the first
octet on are hostile.py's. Usage: test_user_servers.py [MODE...]; run it at the top of the sources.
"""
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

BIN = os.path.abspath("build/san/imapdiff")
ENV = dict(os.environ, IMAPDIFF_LUA=os.path.abspath("lua"))
FAILED = []


def check(name, ok, text):
    if not ok:
        FAILED.append(name)
        print("FAILED %s: %s" % (name, text))


# ---- the proxy -------------------------------------------------------------------------------------------------

AFTER = 250        # responses that pass untouched
GARBAGE = bytes(range(1, 256)) + b"\r\n"


class Proxy:
    """Hands lines from the server to the client until `spoil` takes over, for all connections at once."""
    def __init__(self, port, spoil):
        self.port, self.spoil, self.responses, self.over = port, spoil, 0, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "imap://%s:%s@127.0.0.1:%d/" % (USER, PASSWORD, self.listener.getsockname()[1])
        self.open = set()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.over.is_set() and self.spoil in ("refuse", "drop"):
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self.port))
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.open |= {client, server}
                threading.Thread(target=self.up, args=(client, server), daemon=True).start()
                threading.Thread(target=self.down, args=(client, server), daemon=True).start()

    def up(self, client, server):
        with contextlib.suppress(OSError):
            while part := client.recv(65536):
                server.sendall(part.replace(b" STARTTLS\r\n", b" XSTARTTLS\r\n"))
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def down(self, client, server):
        with contextlib.suppress(OSError, ValueError), server.makefile("rb") as lines:
            for line in lines:
                line = line.replace(b" STARTTLS", b"") # TLS has no lines
                self.responses += 1
                if self.responses > AFTER:
                    self.over.set()
                    if not getattr(self, "do_" + self.spoil)(client, line):
                        break
                else:
                    client.sendall(line)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def stop(self):
        for s in [self.listener, *self.open]:
            s.close()

    # Each says whether the connection goes on.
    def do_drop(self, client, line):
        return False

    def do_refuse(self, client, line):
        self.listener.close()
        return False

    def do_silent(self, client, line):
        time.sleep(120)
        return False

    def do_garbage(self, client, line):
        client.sendall(GARBAGE)
        return True

    def do_endless(self, client, line):
        with contextlib.suppress(OSError):
            while True:
                client.sendall(b"* OK " + b"x" * 65536)
        return False

    def do_literal(self, client, line):
        client.sendall(b"* 1 FETCH (BODY[] {4294967296}\r\n" + b"y" * 1000)
        return True

    def do_tag(self, client, line):
        client.sendall(re.sub(rb"^[a-zA-Z0-9]+ (?=OK|NO|BAD)", b"wrong1 ", line))
        return True


# What ends the run, and which words stand in the error or in a finding.
SPOILS = {
    "drop": "without BYE|closed the connection|ended",
    "refuse": "refused|without BYE|closed the connection",
    "garbage": "R3501-9|garbage|grammar|malformed",
    "endless": "line of more than",
    "literal": "literal of more than",
    "tag": "tag",
    "silent": "timeout|no reply|tagged",
}


def run(url, *more, limit=100):
    p = subprocess.run([BIN, "check", url, "--quiet", "--seed", "7", *more], env=ENV, cwd=WORK, timeout=limit,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    return p.returncode, p.stdout, p.stderr


def spoilt(name):
    proxy = Proxy(PORT, name)
    status, out, err = run(proxy.url, "--scenario", "", "--time", "6s", "--json=%s.json" % name)
    proxy.stop()
    check(name, proxy.over.is_set(), "the proxy was never asked to spoil anything: %d responses" % proxy.responses)
    check(name, status in (1, 3), "exit status %d" % status)
    check(name, re.search(SPOILS[name], out + err), "nothing says what happened")
    check(name, "runtime error" not in err and "AddressSanitizer" not in err, "sanitizer:\n" + err)
    check(name, len(err.splitlines()) <= 2, "more than one error:\n" + err)
    # Dovecot has no such finding before AFTER responses that VIOLATES; what it has are practices, and they must be there.
    check(name, "UNDOCUMENTED" in open(os.path.join(WORK, name + ".json")).read(), "earlier findings are lost")
    if FAILED and FAILED[-1] == name:
        print(out[-3000:], err)


# ---- hostile.py ------------------------------------------------------------------------------------------------

# One line on standard error which has this, and exit status 3; but 1 where a finding says what happened: OK to STARTTLS without TLS.
HOSTILE = {
    "drop_at_once": "closed the connection",
    "drop_in_line": "unfinished response",
    "bye_and_drop": "closed the connection",
    "reset_in_line": "reset by peer",
    "garbage": "timeout",
    "endless_line": "line of more than 65536",
    "endless_greeting": "line of more than 65536",
    "literal_max32": "literal of more than",
    "literal_2_32": "literal of more than",
    "literal_2_64": "literal of more than",
    "many_literals": "response of more than",
    "silent": "awaited the greeting",
    "greeting_without_end": "awaited the greeting",
    "tls_plain": "speaks plain text",
    "tls_silent": "awaited the TLS handshake",
    "tls_garbage": "TLS handshake failed",
    "starttls_plain": "speaks plain text",
    "starttls_drop": "TLS handshake failed",
}


def hostile():
    pem = os.path.join(WORK, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", pem + ".key", "-out", pem], check=True, stderr=subprocess.DEVNULL)
    with open(pem, "a") as f, open(pem + ".key") as key:
        f.write(key.read())
    with subprocess.Popen([sys.executable, "tests/harness/hostile.py", pem], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as p:
        ports = {}
        for line in p.stdout:
            if not line.strip():
                break
            ports[line.split()[0]] = line.split()[1]
        for name, text in HOSTILE.items():
            scheme = "imap+starttls" if name.startswith("starttls") else "imaps" if name.startswith("tls") else "imap"
            status, out, err = run("%s://u:secret@127.0.0.1:%s/" % (scheme, ports[name]), limit=60)
            found = scheme == "imap+starttls"
            check(name, status == (1 if found else 3), "exit status %d" % status)
            check(name, ("VIOLATES R3501-6.2.1" in out) == found, "the finding: " + out)
            check(name, len(err.splitlines()) == 1 and re.search(text, err), "the error: " + err)
            check(name, "secret" not in out + err, "a password is shown")
        p.stdin.close()


with tempfile.TemporaryDirectory() as WORK:
    if not sys.argv[1:]:
        hostile()
    server = subprocess.Popen(["build/server-run", "dovecot"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    words = server.stdout.readline().split()
    if len(words) >= 5:
        PORT, USER, PASSWORD = int(words[1]), words[3], words[4]
        long = [] if os.environ.get("IMAPDIFF_FULL") else ["silent"] # over a minute
        for name in sys.argv[1:] or [s for s in SPOILS if s not in long]:
            start = time.time()
            spoilt(name)
            print("%s: %.0f s" % (name, time.time() - start))
    else:
        print("no private Dovecot here: servers that go bad later are left out")
    server.stdin.close()
    server.wait()
print("bad servers: %s" % ("ok" if not FAILED else "%d failed" % len(set(FAILED))))
sys.exit(bool(FAILED))
