#!/usr/bin/env python3
"""`imapdiff check` against servers that fail it: always one clear end, in time, with the documented exit status."""
import os, socket, subprocess, sys, threading, time

BIN = os.environ.get("IMAPDIFF", "build/san/imapdiff")
WORK = "build/tests/hostile"


def session(conn, bad):
    f = conn.makefile("rb")
    conn.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
    for line in f:
        tag, _, rest = line.strip().partition(b" ")
        word = rest.split(b" ")[0].upper()
        if word in (b"LOGIN", b"CAPABILITY", b"NAMESPACE"):
            conn.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
        elif rest == b'LIST "" ""':
            conn.sendall(b'* LIST (\\Noselect) "/" ""\r\n' + tag + b" OK done\r\n")
        else:
            return bad(conn, tag)


def silent(conn, tag):
    time.sleep(60)


def drops(conn, tag):
    pass


def bye(conn, tag):
    conn.sendall(b"* BYE not today\r\n")


def garbage(conn, tag):
    conn.sendall(bytes(range(256)) * 4 + b"\r\n" + tag + b" OK\r\n")
    time.sleep(60)


def endless(conn, tag):
    while True:
        conn.sendall(b"* OK " + b"x" * 65536)


def literal_4g(conn, tag):
    conn.sendall(b'* LIST () "/" {4294967295}\r\n')
    time.sleep(60)


def wrong_tag(conn, tag):
    conn.sendall(b"zz" + tag + b" OK done\r\n")
    time.sleep(60)


def refuses(conn, tag):
    """Everything is NO: nothing wrong with that."""
    conn.sendall(tag + b" NO never\r\n")
    f = conn.makefile("rb")
    for line in f:
        conn.sendall(line.split(b" ")[0] + b" NO never\r\n")


def serve(bad):
    s = socket.create_server(("127.0.0.1", 0))

    def one(conn):
        try:
            session(conn, bad)
        except OSError:
            pass
        finally:
            conn.close()

    def loop():
        while True:
            conn, _ = s.accept()
            threading.Thread(target=one, args=(conn,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    return s.getsockname()[1]


def main():
    os.makedirs(WORK, exist_ok=True)
    env = dict(os.environ, IMAPDIFF_LUA=os.path.abspath("lua"))
    wrong = []
    for bad, statuses, text in (
            (silent, (1, 3), "reply to"),
            (drops, (1, 3), "BYE"),
            (bye, (0, 1, 3), ""),
            (garbage, (1,), "VIOLATES"),
            (endless, (1, 3), "limit"),
            (literal_4g, (1, 3), "literal"),
            (wrong_tag, (1, 3), "tag")):
        port = serve(bad)
        start = time.monotonic()
        try:
            p = subprocess.run([os.path.abspath(BIN), "check", f"imap://u:secret@127.0.0.1:{port}/", "--scenario", "", "--programs",
                                "3", "--time", "20s", "--deadline", "1s"], cwd=WORK, env=env, capture_output=True, text=True, timeout=100)
        except subprocess.TimeoutExpired:
            wrong.append(f"{bad.__name__}: did not end")
            continue
        both = p.stdout + p.stderr
        took = time.monotonic() - start
        errors = [l for l in p.stderr.splitlines() if l.startswith("imapdiff:")]
        if p.returncode not in statuses:
            wrong.append(f"{bad.__name__}: exit status {p.returncode}, not {statuses}\n{both[-1500:]}")
        if text and text not in both:
            wrong.append(f"{bad.__name__}: says nothing of <{text}>:\n{both[-1500:]}")
        if len(errors) > 1 or (p.returncode == 3 and len(errors) != 1):
            wrong.append(f"{bad.__name__}: {len(errors)} errors: {errors}")
        if "secret" in both or "Sanitizer" in both:
            wrong.append(f"{bad.__name__}: {both[-1500:]}")
        print(f"{bad.__name__}: exit status {p.returncode} in {took:.1f} s; {errors}")
    for w in wrong:
        print("FAILED", w)
    return bool(wrong)


sys.exit(main())
