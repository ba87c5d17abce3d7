#!/usr/bin/env python3
"""A hostile IMAP server: each behaviour listens on a port of its own.

usage: hostile.py CERT.pem

CERT.pem holds a certificate and its key. Prints "NAME PORT" for each behaviour, then an empty line, and serves on
loopback until its standard input ends. Standard library only.
"""
import os
import socket
import ssl
import struct
import sys
import threading
import time

GREETING = b"* OK [CAPABILITY IMAP4rev1] ready\r\n"
MODES = {}


def mode(f):
    MODES[f.__name__] = f
    return f


def reset(s):
    """The next close sends RST, as the kernel does for a killed peer with octets unread."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def line(s):
    got = b""
    while not got.endswith(b"\n"):
        c = s.recv(1)
        if not c:
            raise EOFError
        got += c
    return got


def commands(s):
    """Yields tag, word and the whole line of each command."""
    while True:
        got = line(s)
        part = got.split()
        yield part[0], part[1].upper() if len(part) > 1 else b"", got


def hold(s):
    """Silence, until the client goes."""
    try:
        while s.recv(4096):
            pass
    except OSError:
        pass


def ordinary(s, send=None):
    send = send or s.sendall
    for tag, word, _ in commands(s):
        if word == b"LOGOUT":
            send(b"* BYE\r\n" + tag + b" OK bye\r\n")
            return
        if word == b"FETCH":
            send(b"* 1 FETCH (BODY[] {11}\r\nab\r\ncd\r\n{9} FLAGS (\\Seen))\r\n")
        send(tag + b" OK done\r\n")


def tls(s, **o):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    for k, v in o.items():
        setattr(context, k, v)
    return context.wrap_socket(s, server_side=True)


def ordinary_tls(s):
    t = tls(s)
    ordinary(t)
    t.unwrap()


def await_starttls(s):
    s.sendall(GREETING.replace(b"]", b" STARTTLS]"))
    for tag, word, _ in commands(s):
        if word == b"STARTTLS":
            return tag
        s.sendall(tag + b" OK done\r\n")


# ---- well behaved ----------------------------------------------------------------------------------------------

@mode
def good(s):
    s.sendall(GREETING)
    ordinary(s)


@mode
def good_tls(s):
    t = tls(s)
    t.sendall(GREETING)
    ordinary(t)
    t.unwrap()


@mode
def good_starttls(s):
    tag = await_starttls(s)
    s.sendall(tag + b" OK begin\r\n")
    ordinary_tls(s)


# ---- silence ---------------------------------------------------------------------------------------------------

@mode
def silent(s):
    hold(s)


@mode
def silent_after_greeting(s):
    s.sendall(GREETING)
    hold(s)


@mode
def greeting_without_end(s):
    s.sendall(b"* OK rea")
    hold(s)


@mode
def trickle(s):
    """One octet of an endless reply every 20 ms: never silent, never done."""
    s.sendall(GREETING)
    line(s)
    while True:
        s.sendall(b"x")
        time.sleep(0.02)


# ---- ends ------------------------------------------------------------------------------------------------------

@mode
def drop_at_once(s):
    pass


@mode
def drop_in_line(s):
    s.sendall(GREETING)
    line(s)
    s.sendall(b"* 23 EXI")


@mode
def drop_in_literal(s):
    s.sendall(GREETING)
    line(s)
    s.sendall(b"* 1 FETCH (BODY[] {1000}\r\nFrom: a\r\n")


@mode
def bye_and_drop(s):
    s.sendall(GREETING)
    line(s)
    s.sendall(b"* BYE going down\r\n")


@mode
def bye_and_reset(s):
    s.sendall(GREETING)
    line(s)
    time.sleep(0.05)
    s.sendall(b"* BYE going down\r\n")
    time.sleep(0.05)
    reset(s)


@mode
def reset_in_line(s):
    s.sendall(GREETING)
    line(s)
    s.sendall(b"* 23 EXI")
    time.sleep(0.05)
    reset(s)


@mode
def half_closed(s):
    """Ends its own direction and keeps reading."""
    s.sendall(GREETING)
    line(s)
    s.shutdown(socket.SHUT_WR)
    hold(s)


# ---- too much --------------------------------------------------------------------------------------------------

@mode
def garbage(s):
    s.sendall(GREETING)
    line(s)
    s.sendall(bytes(range(256)) * 4 + b"\r\n")
    s.sendall(b"\r\n\n\r\0\xff\xfe\r\n")
    hold(s)


@mode
def endless_line(s):
    s.sendall(GREETING)
    line(s)
    while True:
        s.sendall(b"* OK " + b"x" * 65536)


@mode
def endless_greeting(s):
    while True:
        s.sendall(b"x" * 65536)


def announce(s, n):
    s.sendall(GREETING)
    line(s)
    s.sendall(b"* 1 FETCH (BODY[] {" + n + b"}\r\n" + b"y" * 1000)
    hold(s)


@mode
def literal_max32(s):
    announce(s, b"4294967295")


@mode
def literal_2_32(s):
    announce(s, b"4294967296")


@mode
def literal_2_64(s):
    announce(s, b"18446744073709551616")


@mode
def literal_many_digits(s):
    announce(s, b"0" * 40 + b"9" * 40)


@mode
def many_literals(s):
    """Each literal is allowed, their sum is not."""
    s.sendall(GREETING)
    line(s)
    while True:
        s.sendall(b"* 1 FETCH (BODY[] {65536}\r\n" + b"z" * 65536)


@mode
def flood(s):
    s.sendall(GREETING)
    line(s)
    while True:
        s.sendall(b"* 1 EXISTS\r\n" * 5000)


@mode
def deaf(s):
    """Does not read."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.sendall(GREETING)
    time.sleep(60)


@mode
def one_octet(s):
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(p):
        for i in range(len(p)):
            s.sendall(p[i:i + 1])
    send(GREETING)
    ordinary(s, send)


def swallow(s):
    """Reads a line of any length and answers with its length and sum."""
    s.sendall(GREETING)
    n = total = 0
    last = b""
    while last != b"\n":
        p = s.recv(65536)
        if not p:
            return
        n += len(p)
        total += sum(p)
        last = p[-1:]
    s.sendall(b"a OK %d %d\r\n" % (n, total))
    hold(s)


@mode
def sink(s):
    swallow(s)


@mode
def sink_tls(s):
    swallow(tls(s))


@mode
def sizes(s):
    """Literals of many lengths, sent in large pieces."""
    s.sendall(GREETING)
    line(s)
    s.sendall(b"".join(b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\n" % (n, b"\n" * n) for n in (i * i % 9973 for i in range(2000))))
    hold(s)


LAST_END = b"none"


@mode
def tls_ends(s):
    """Remembers how the client ended TLS."""
    global LAST_END
    t = tls(s)
    t.suppress_ragged_eofs = False
    t.sendall(GREETING)
    try:
        LAST_END = b"unfinished"
        while t.recv(4096):
            pass
        LAST_END = b"in order"
    except ssl.SSLError:
        LAST_END = b"ragged"


@mode
def last_end(s):
    s.sendall(b"* OK " + LAST_END + b"\r\n")
    hold(s)


@mode
def two_writes(s):
    """Each reply in two segments, the second held back (Nagle) until the first is acknowledged."""
    s.sendall(GREETING)
    for tag, _, _ in commands(s):
        s.sendall(b"* 1 EXISTS\r\n")
        s.sendall(tag + b" OK done\r\n")


# ---- TLS -------------------------------------------------------------------------------------------------------

@mode
def starttls_injected(s):
    """Plain octets behind the OK, in the same segment."""
    tag = await_starttls(s)
    s.sendall(tag + b" OK begin\r\n* 9 EXISTS\r\n* OK inj")
    ordinary_tls(s)


@mode
def starttls_injected_late(s):
    """The same in a segment of its own."""
    tag = await_starttls(s)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.sendall(tag + b" OK begin\r\n")
    s.sendall(b"* 9 EXISTS\r\n")
    ordinary_tls(s)


@mode
def starttls_plain(s):
    """Says OK and goes on in plain text."""
    tag = await_starttls(s)
    s.sendall(tag + b" OK begin\r\n")
    s.recv(3)
    s.sendall(b"* BAD what is this\r\n")
    hold(s)


@mode
def starttls_drop(s):
    tag = await_starttls(s)
    s.sendall(tag + b" OK begin\r\n")
    s.recv(4096)


@mode
def tls_plain(s):
    s.sendall(GREETING)
    hold(s)


@mode
def tls_silent(s):
    hold(s)


@mode
def tls_half(s):
    """A record header and a part of what it announces."""
    s.recv(4096)
    s.sendall(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76")
    hold(s)


@mode
def tls_alert(s):
    s.recv(4096)
    s.sendall(b"\x15\x03\x03\x00\x02\x02\x28")
    hold(s)


@mode
def tls_garbage(s):
    s.recv(4096)
    s.sendall(b"\x80\x81\x00\xff\x07" * 20)
    hold(s)


@mode
def tls_reset_in_handshake(s):
    s.recv(10)
    time.sleep(0.05)
    reset(s)


@mode
def tls_rst(s):
    """A peer that is killed with octets unread: RST in the middle of a line."""
    t = tls(s)
    t.sendall(GREETING)
    line(t)
    t.sendall(b"* 23 EXI")
    time.sleep(0.05)
    reset(socket.socket(fileno=t.detach()))


@mode
def tls_bye_and_reset(s):
    t = tls(s)
    t.sendall(GREETING)
    line(t)
    time.sleep(0.05)
    t.sendall(b"* BYE going down\r\n")
    time.sleep(0.05)
    reset(socket.socket(fileno=t.detach()))


@mode
def tls_fin(s):
    """A peer that is killed: FIN without close_notify."""
    t = tls(s)
    t.sendall(GREETING)
    line(t)
    t.sendall(b"* BYE dying\r\n")
    socket.socket(fileno=t.detach()).close()


@mode
def tls_dead_silent(s):
    t = tls(s)
    t.sendall(GREETING)
    hold(t)


@mode
def tls_then_plain(s):
    t = tls(s)
    t.sendall(GREETING)
    tag = line(t).split()[0]
    raw = socket.socket(fileno=t.detach())
    raw.sendall(tag + b" OK in the clear\r\n")
    hold(raw)


@mode
def tls_closed_in_order(s):
    t = tls(s)
    t.sendall(GREETING)
    line(t)
    t.sendall(b"* BYE\r\n")
    t.unwrap()


@mode
def tls_flood(s):
    t = tls(s)
    t.sendall(GREETING)
    line(t)
    while True:
        t.sendall(b"* 1 EXISTS\r\n" * 1000)


# ----------------------------------------------------------------------------------------------------------------

def serve_one(f, s):
    try:
        f(s)
    except (OSError, EOFError, ssl.SSLError, ValueError):
        pass
    finally:
        try:
            s.close()
        except OSError:
            pass


def serve(f, listener):
    while True:
        s, _ = listener.accept()
        threading.Thread(target=serve_one, args=(f, s), daemon=True).start()


def main():
    for name, f in MODES.items():
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        threading.Thread(target=serve, args=(f, listener), daemon=True).start()
        print(name, listener.getsockname()[1])
    print(flush=True)
    sys.stdin.buffer.read()
    os._exit(0)


main()
