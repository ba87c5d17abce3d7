#!/usr/bin/env python3
"""On somebody's server: nothing but imapdiff-RUN/ is touched, and nothing of it is left, neither after the end nor after a signal.

The server is a private Dovecot and a private Cyrus that are addressed by URL. Without their packages the test is left out.
"""
import imaplib, os, re, signal, subprocess, sys, time

BIN = os.path.abspath(os.environ.get("IMAPDIFF", "build/san/imapdiff"))
RUN = os.path.abspath("build/server-run")
WORK = "build/tests/url"
wrong = []


def names(host, port, user):
    c = imaplib.IMAP4(host, int(port))
    c.login(user, "pw")
    found = set()
    for command in (c.list, c.lsub):
        for l in command('""', "*")[1]:
            if l:
                found.add(re.sub(r'^\(.*?\) (NIL|"[^"]*") ', "", l.decode()).strip('"'))
    c.select("INBOX", readonly=True)
    inbox = c.fetch("1:*", "(UID FLAGS)")[1] if int(c.select("INBOX", readonly=True)[1][0]) else []
    c.logout()
    return found, inbox


def one(server, how, *options):
    with subprocess.Popen([RUN, server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as s:
        words = s.stdout.readline().split()
        if not words:
            s.stdin.close()
            return f"{server}: not started"
        host, port = words[0], words[1]
        c = imaplib.IMAP4(host, int(port))
        c.login("u1", "pw")
        c.create("KEEP")
        c.subscribe("KEEP")
        if "--allow-inbox" not in options:
            c.append("INBOX", r"\Flagged", None, b"Subject: keep\r\n\r\nkeep\r\n")
        c.logout()
        before = names(host, port, "u1")
        url = f"{how}://u1:pw@{host}:{words[2] if how == 'imaps' else port}/"
        stop = 4 if "signal" in options else None
        args = [BIN, "check", url, "--user", "u2:pw", "--quiet", *[o for o in options if o != "signal"]]
        p = subprocess.Popen(args, cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env=dict(os.environ, IMAPDIFF_LUA=os.path.abspath("lua")))
        if stop:
            time.sleep(stop)
            p.send_signal(signal.SIGTERM)
        out = p.communicate(timeout=200)[0]
        what = f"{server} by {how} {' '.join(options)}"
        if p.returncode not in ((1, 3) if stop else (0, 1)):
            wrong.append(f"{what}: exit status {p.returncode}\n{out[-1500:]}")
        if "Sanitizer" in out or "pw@" in out:
            wrong.append(f"{what}: {out[-1500:]}")
        for user in ("u1", "u2"):
            after = names(host, port, user)
            if user == "u1" and after != before:
                wrong.append(f"{what}: {user} had {before}, has {after}")
            if any("imapdiff" in n for n in after[0]) or (user == "u2" and after[1]):
                wrong.append(f"{what}: left behind for {user}: {after}\n{out[-1500:]}")
        print(f"{what}: exit status {p.returncode}")
        s.stdin.close()
    return None


def main():
    os.makedirs(WORK, exist_ok=True)
    if subprocess.run([RUN, "dovecot"], stdin=subprocess.DEVNULL, capture_output=True).returncode:
        print("left out: no server packages here")
        return 0
    one("dovecot", "imap", "--time", "6s", "--programs", "100")
    one("dovecot:mbox", "imaps", "--time", "6s", "--allow-inbox", "--programs", "100")
    one("dovecot", "imap+starttls", "--time", "30s", "signal")
    one("cyrus", "imap", "--time", "30s", "--allow-inbox", "signal")
    for w in wrong:
        print("FAILED", w)
    return bool(wrong)


sys.exit(main())
