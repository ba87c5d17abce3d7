#!/usr/bin/env python3
"""`imapdiff check` against servers that fail it: always one clear end, in time, with the documented exit status."""
import json, os, socket, subprocess, sys, threading, time

BIN = os.environ.get("IMAPDIFF", "build/san/imapdiff")
WORK = "build/tests/hostile"


def session(conn, bad, offers, heard):
    f = conn.makefile("rb")
    conn.sendall(b"* OK [CAPABILITY IMAP4rev1%s] ready\r\n" % offers)
    for line in f:
        tag, _, rest = line.strip().partition(b" ")
        word = rest.split(b" ")[0].upper()
        heard.append(rest)
        if word in (b"LOGIN", b"CAPABILITY", b"NAMESPACE"):
            conn.sendall(b"* CAPABILITY IMAP4rev1%s\r\n" % offers + tag + b" OK done\r\n")
        elif word == b"STARTTLS" and offers:
            return bad(conn, tag)
        elif word == b"STARTTLS":
            conn.sendall(tag + b" BAD unknown\r\n")
        elif rest == b'LIST "" ""':
            conn.sendall(b'* LIST (\\Noselect) "/" ""\r\n' + tag + b" OK done\r\n")
        elif offers:  # nothing is wrong with this one but its STARTTLS
            conn.sendall(tag + b" NO never\r\n")
        elif bad is list_only or bad is no_starttls:
            if word == b"CREATE" or bad is no_starttls:
                conn.sendall(tag + (b" NO never\r\n" if bad is no_starttls else b" OK done\r\n"))
            else:
                return silent(conn, tag)
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


def plain_tls(conn, tag):
    conn.sendall(tag + b" OK begin\r\n")
    conn.recv(1)
    conn.sendall(b"* BAD what is this?\r\n" * 3)
    time.sleep(60)


def silent_tls(conn, tag):
    conn.sendall(tag + b" OK begin\r\n")
    time.sleep(60)


def no_starttls(conn, tag):
    """It refuses everything, and has no STARTTLS."""


def list_only(conn, tag):
    """It makes the run's folder, and is silent ever after."""


def serve(bad, offers=b"", heard=None):
    heard = [] if heard is None else heard
    s = socket.create_server(("127.0.0.1", 0))

    def one(conn):
        try:
            session(conn, bad, offers, heard)
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


def check(env, port, *options, scheme="imap"):
    start = time.monotonic()
    p = subprocess.run([os.path.abspath(BIN), "check", f"{scheme}://u:secret@127.0.0.1:{port}/", *options], cwd=WORK, env=env,
                       capture_output=True, text=True, timeout=150)
    return p, time.monotonic() - start


def starttls(env, wrong):
    """STARTTLS is sent where it is offered only (R3501-6.2.1); an OK to it that brings no TLS is one finding, and the run goes on."""
    heard = []
    p, _ = check(env, serve(no_starttls, b"", heard), "--programs", "30", "--seed", "3")
    sent = [h for h in heard if b"STARTTLS" in h]
    if sent or p.returncode not in (0, 1) or len(heard) < 200:
        wrong.append(f"not offered: STARTTLS was sent {len(sent)} times, exit status {p.returncode}, {len(heard)} commands\n{p.stderr}")
    p, _ = check(env, serve(no_starttls), "--programs", "1", scheme="imap+starttls")
    if p.returncode != 3 or "STARTTLS is not among the server's capabilities" not in p.stderr or p.stderr.count("imapdiff:") != 1:
        wrong.append(f"not offered, but wanted: exit status {p.returncode}: {p.stderr}")
    for bad in (plain_tls, silent_tls):
        heard = []
        p, took = check(env, serve(bad, b" STARTTLS", heard), "--programs", "12", "--deadline", "1s", "--scenario", "clientid*",
                        "--json=starttls.json", "--quiet")
        with open(WORK + "/starttls.json", encoding="utf-8") as f:
            run = json.load(f)
        found = [f for f in run["findings"] if f["cites"] == "R3501-6.2.1"]
        if len(found) != 1 or found[0]["count"] != 1 or found[0]["verdict"] != "VIOLATES" or not found[0]["trace"]:
            wrong.append(f"{bad.__name__}: {found}, not one finding\n{p.stdout[-800:]}{p.stderr[-800:]}")
        if p.returncode != 1 or run["programs"] < 13 or p.stderr.count("imapdiff:"):
            wrong.append(f"{bad.__name__}: exit status {p.returncode}, {run['programs']} programs\n{p.stderr[-800:]}")
        print(f"{bad.__name__}: exit status {p.returncode}, {run['programs']} programs in {took:.1f} s")
        heard.clear()
        p, took = check(env, serve(bad, b" STARTTLS", heard), "--programs", "2", "--deadline", "1s", scheme="imap+starttls")
        if p.returncode != 1 or "no TLS behind the OK to STARTTLS" not in p.stdout or p.stderr.count("imapdiff:") != 1:
            wrong.append(f"{bad.__name__}, asked for: exit status {p.returncode}\n{p.stdout[-500:]}{p.stderr[-500:]}")
        if [h for h in heard if h.startswith(b"LOGIN")]:
            wrong.append(f"{bad.__name__}, asked for: a password went out in clear")


def clean_up(env, wrong):
    """A server that has become silent does not hold up the clean-up; what may be left is said."""
    p, took = check(env, serve(list_only), "--programs", "1", "--scenario", "", "--deadline", "500ms")
    if took > 9 or p.returncode != 1 or p.stderr.count("imapdiff:") != 1 or "mailboxes may be left on the server: imapdiff-" not in p.stderr:
        wrong.append(f"clean-up: exit status {p.returncode} after {took:.1f} s\n{p.stderr}")
    print(f"clean-up: exit status {p.returncode} in {took:.1f} s: {p.stderr.splitlines()[-1:]}")


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
    starttls(env, wrong)
    clean_up(env, wrong)
    for w in wrong:
        print("FAILED", w)
    return bool(wrong)


sys.exit(main())
