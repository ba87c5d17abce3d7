#!/usr/bin/env python3
"""imapdiff clients: what the grid says of clients that work, try again, give up, hang, crash, lose, change or keep mail, or break a rule;
that the other client is at work; that nothing of a client is left. The clients are a few lines each; real ones are in test_clients_real.py."""
import os, re, shutil, subprocess, sys, time

BIN = os.path.abspath(os.environ.get("IMAPDIFF", "build/san/imapdiff"))
WORK = os.path.abspath("build/tests/clients")
os.environ.setdefault("IMAPDIFF_LUA", os.path.abspath("lua"))
wrong = []

# Fetches all mail of all mailboxes into {dir}/cur, as it is now; LOSES leaves one out, SPOILS changes one, KEEPS
# adds one.
SYNC = r"""
import imaplib, os, ssl, sys
port, folder = int(os.environ["IMAPDIFF_TLS_PORT"]), os.environ["IMAPDIFF_DIR"] + "/cur"
c = imaplib.IMAP4_SSL("localhost", port, ssl_context=ssl.create_default_context(cafile=os.environ["IMAPDIFF_CA"]))
c.login(os.environ["IMAPDIFF_USER"], os.environ["IMAPDIFF_PASSWORD"])
os.makedirs(folder, exist_ok=True)
for old in os.listdir(folder):
    os.remove(folder + "/" + old)
n = 0
for line in c.list()[1]:
    name = line.split(b' "/" ')[1].decode()
    if c.select('"%s"' % name.strip('"'))[1] == [b"0"]:
        continue
    c.fetch("1:*", "(UID)")
    c.noop()
    for part in c.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]:
        if isinstance(part, tuple):
            n += 1
            text = part[1].replace(b"\r\n", b"\n")
            if n == int(os.environ.get("SPOILS", "0")):
                text += b"more\n"
            if n != int(os.environ.get("LOSES", "0")):
                open("%s/%d" % (folder, n), "wb").write(b"X-TUID: mine\n" + text)
if "DELETES" in os.environ:  # but the server has it still
    c.select("INBOX")
    c.store("1", "+FLAGS.SILENT", r"(\Deleted)")
if "KEEPS" in os.environ:
    open(folder + "/old", "wb").write(b"Subject: old\n\nof yore\n")
if "AGAIN" in os.environ:
    for i in range(int(os.environ["AGAIN"])):
        c.select("no-such-box")
c.logout()
"""


def check(ok, what):
    if not ok:
        wrong.append(what)
        print("FAILED", what)


def clients(*words, status=None, env=None):
    """Returns the grid's rows by behaviour, and all that was printed."""
    out = os.path.join(WORK, "out")
    shutil.rmtree(out, ignore_errors=True)
    cut = words.index("--")
    p = subprocess.run([BIN, "clients", "--out", out, *words[:cut], *words[cut:]], capture_output=True, text=True, timeout=200,
                       env=dict(os.environ, **(env or {})))
    text = p.stdout + p.stderr
    check("Sanitizer" not in text and "runtime error" not in text, text[-2000:])
    if status is not None:
        check(p.returncode == status, f"{words}: exit status {p.returncode}, not {status}: {text[-1500:]}")
    return {l.split()[0]: l for l in p.stdout.splitlines()[1:-1]}, text


def running(command):
    """Is there a process whose command line is this? From /proc alone: a small machine has no pgrep."""
    for p in os.listdir("/proc"):
        try:
            if p.isdigit() and open(f"/proc/{p}/cmdline", "rb").read().replace(b"\0", b" ").strip() == command.encode():
                return True
        except OSError:
            pass
    return False


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(WORK)
    sync = os.path.join(WORK, "sync.py")
    open(sync, "w").write(SYNC)
    rows, text = clients("--behaviour", "fetch-[np]*", "--", sys.executable, sync, status=0)
    check(len(rows) >= 3 and all(re.search(r" works +works +same ", r) for r in rows.values()), f"a client that works: {text}")
    check("0 of" in text, text)
    got = open(os.path.join(WORK, "out", "fetch-nil", "dir", "cur", "1")).read()
    check("Subject: " in got, "its mail is below {dir}")
    mail = "".join(open(os.path.join(WORK, "out", "fetch-nil", "dir", "cur", f)).read()
                   for f in os.listdir(os.path.join(WORK, "out", "fetch-nil", "dir", "cur")))
    # The other client brought one into each mailbox that has messages, and took the second of INBOX and of Shared/Team.
    check("from the other client" in mail and "Gr=C3=BC" not in mail and "for all of us: 2" not in mail, "the other client was at work")
    rows, text = clients("--behaviour", "fetch-nil", "--calm", "--", sys.executable, sync, status=0)
    check(re.search(r" works +- +same ", rows["fetch-nil"]), f"--calm: {text}")
    rows, text = clients("--behaviour", "fetch-nil", "--", sys.executable, sync, status=1, env={"LOSES": "3"})
    check("1 lost, 0 extra" in rows["fetch-nil"] and "1 of 1" in text, f"a client that loses mail: {text}")
    rows, text = clients("--behaviour", "fetch-nil", "--", sys.executable, sync, status=1, env={"SPOILS": "3"})
    check("1 changed, 0 lost, 0 extra" in rows["fetch-nil"], f"a client that changes mail: {text}")
    rows, text = clients("--behaviour", "fetch-nil", "--", sys.executable, sync, status=1, env={"KEEPS": "1"})
    check("0 lost, 1 extra" in rows["fetch-nil"], f"a client that keeps mail: {text}")
    rows, text = clients("--behaviour", "fetch-nil", "--", sys.executable, sync, status=0, env={"LOSES": "1", "DELETES": "1"})
    check(" same " in rows["fetch-nil"], f"a client that has done with what it marked as deleted: {text}")
    rows, text = clients("--archive", "--behaviour", "fetch-nil", "--", sys.executable, sync, status=0, env={"KEEPS": "1"})
    check(" same " in rows["fetch-nil"], f"--archive: {text}")
    for times, word in (("1", "works"), ("2", "retries")):
        rows, text = clients("--calm", "--behaviour", "fetch-nil", "--", sys.executable, sync, status=0, env={"AGAIN": times})
        check(f" {word} " in rows["fetch-nil"], f"a client that sends {times} times what is refused: {text}")
    trace = open(os.path.join(WORK, "out", "fetch-nil", "trace.txt")).read()
    check(trace.startswith("1 -- connected, TLS\n1 S: * OK") and trace.count(" SELECT no-such-box\n") == 2 and "pw" not in trace, trace[:400])
    # At once: each behaviour waits until three have begun; one after the other they never would.
    meet = f"touch '{{dir}}/begun'; while [ $(ls '{{dir}}'/../../*/dir/begun | wc -l) -lt 3 ]; do sleep 0.1; done; {sys.executable} {sync}"
    rows, text = clients("--calm", "--jobs", "3", "--behaviour", "fetch-[np]*", "--time", "60s", "--", "sh", "-c", meet, status=0)
    check(len(rows) >= 3 and all(re.search(r" works +- ", r) for r in rows.values()), f"--jobs: {text}")
    _, text = clients("--jobs", "0", "--", "true", status=2)
    check("--jobs: expected 1 to" in text, text)
    rows, text = clients("--behaviour", "fetch-nil", "--", "sh", "-c", "exit 3", status=1)
    check(rows["fetch-nil"].count("gives up (3)") == 2, f"a client that gives up: {text}")
    rows, text = clients("--behaviour", "fetch-nil", "--", "sh", "-c", "kill -SEGV $$", status=1)
    check(rows["fetch-nil"].count("crashes (11)") == 2, f"a client that crashes: {text}")
    mark = f"3{os.getpid()}.5"
    rows, text = clients("--behaviour", "fetch-nil", "--time", "500ms", "--", "sh", "-c", f"sleep {mark} & setsid sleep {mark} & sleep {mark}", status=1)
    check(rows["fetch-nil"].count("hangs") == 2, f"a client that hangs: {text}")
    time.sleep(0.2)
    check(running(" ".join(sys.orig_argv)), "running() sees nothing")
    check(not running(f"sleep {mark}"), "a process of a client is left")
    rule = "import os, socket; s = socket.create_connection(('localhost', int('{port}'))); s.sendall(b'a ID NIL\\r\\nb LOGOUT\\r\\n'); s.recv(999)"
    rows, text = clients("--behaviour", "fetch-nil", "--", sys.executable, "-c", rule, status=1)
    check("1 MUST, 0 SHOULD: ID-3-b" in rows["fetch-nil"], f"a client that breaks a rule: {text}")
    _, text = clients("--behaviour", "fetch-nil", "--", "/nonexistent/client", status=2)
    check("cannot start `/nonexistent/client`" in text, text)
    _, text = clients("--behaviour", "zzz", "--", "true", status=2)
    check("no behaviour is called `zzz`" in text and not os.path.exists(os.path.join(WORK, "out")), text)
    rows, text = clients("--behaviour", "fetch-nil", "--", "true", status=1)
    check(rows["fetch-nil"].count("no connection") == 2 and "1 of 1" in text, f"a client that never comes: {text}")
    _, text = clients("--mail", "/nonexistent/mail", "--", "true", status=2)
    check(text.count("/nonexistent/mail: No such file") == 1, f"mail that is not there: {text}")
    clients("--behaviour", "fetch-nil", "--calm", "--time", "1s", "--", "yes", status=1)
    size = os.path.getsize(os.path.join(WORK, "out", "fetch-nil", "log"))
    check(4 << 20 < size < 5 << 20, f"the log of a client that runs wild has {size} octets")
    p = subprocess.Popen([BIN, "clients", "--out", os.path.join(WORK, "stopped"), "--", "sleep", "60"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    p.terminate()
    out, err = p.communicate(timeout=30)
    check(p.returncode == 3 and "stopped by a signal" in out, f"a run that is ended: {p.returncode} {out} {err}")
    p = subprocess.run([BIN, "clients"], capture_output=True, text=True)
    check(p.returncode == 2 and "behind `--`" in p.stderr, p.stderr)
    print("clients: ok" if not wrong else f"clients: {len(wrong)} failed")
    return bool(wrong)


sys.exit(main())
