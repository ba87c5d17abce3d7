#!/usr/bin/env python3
"""imapdiff between: a proxy of ours (between_proxy.py) that does all as it should is clean; each thing that it does wrong is found,
in its row and by its clause, and the exit status says so. Then the errors: no proxy, a silent one, one that never ends a line."""
import json, os, re, shutil, socket, subprocess, sys, threading, time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from between_proxy import FAULTS, Proxy, Relay

BIN = os.path.abspath(os.environ.get("IMAPDIFF", "build/san/imapdiff"))
FAST = os.environ.get("IMAPDIFF", os.path.abspath("build/imapdiff"))  # for the many
WORK = os.path.abspath("build/tests/test_between")
os.environ.setdefault("IMAPDIFF_LUA", os.path.abspath("lua"))
CERT, KEY = os.path.join(WORK, "cert.pem"), os.path.join(WORK, "key.pem")
wrong = []


def check(ok, what):
    if not ok:
        wrong.append(what)
        print("FAILED", what, flush=True)


def run(front, proxy=None, *options, binary=BIN):
    """Exit status, standard output, standard error."""
    p = subprocess.Popen([binary, "between", "--front", front, "--listen", "127.0.0.1:0", *options], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    says = p.stderr.readline()
    found = re.search(r"listens at imap://127\.0\.0\.1:(\d+)/ imaps://127\.0\.0\.1:(\d+)/", says)
    if proxy and found:
        proxy.begin(int(found[2 if front.startswith("imaps") else 1]))
    timer = threading.Timer(150, p.kill)
    timer.start()
    out, err = p.communicate()
    timer.cancel()
    return p.returncode, out, ("" if found else says) + err


def judged(fault):
    """The rows of a proxy, by name."""
    proxy = Proxy(fault, CERT, KEY)
    front = f"imap{'+starttls' if fault == 'strips STARTTLS' else ''}://u2:pw@127.0.0.1:{proxy.port}/"
    options = ["--deadline", "2s"] if fault in ("swallows a tagged reply", "strips STARTTLS") else ["--deadline", "60s"]
    status, out, err = run(front, proxy, "--wait", "60s", "--json", *options, binary=FAST if fault else BIN)
    proxy.end()
    try:
        rows = {r["row"]: r for r in json.loads(out)["proxies"][0]["rows"]}
    except (ValueError, LookupError):
        rows = {}
    check(rows, f"{fault}: rows as JSON: exit status {status}: {out[-300:]}{err[-3000:]}")
    return status, rows, err


def clean():
    status, rows, err = judged("")
    check(status == 0 and err == "", f"a proxy without fault: exit status {status}: {err}")
    check(len(rows) == 17, "seventeen rows")
    for r in rows.values():
        check(r["verdict"] == "CONFORMS", f"a proxy without fault: {r}")


def relayed(scheme):
    """Who only relays octets changes nothing; whether ID-7-d binds it is not said."""
    relay = Relay()
    status, out, err = run(f"{scheme}://u1:pw@127.0.0.1:{relay.port}/", relay, "--wait", "60s", "--deadline", "60s", "--json", binary=FAST)
    relay.end()
    check(status == 0 and err == "", f"a relay, {scheme}: exit status {status}: {err}")
    for r in json.loads(out)["proxies"][0]["rows"]:
        want = "AMBIGUOUS" if r["row"] == "caps.unknown" else "" if r["row"].startswith("tls.") and scheme == "imaps" else "CONFORMS"
        check(r["verdict"] == want, f"a relay, {scheme}: wanted {want}: {r}")
        check(r["row"] != "id.presence" or r["text"] == "nothing is changed", f"a relay, {scheme}: {r}")


def planted(fault):
    status, rows, err = judged(fault)
    expected = [f for f in FAULTS if f[0] == fault]
    for _, row, verdict, clause in expected:
        r = rows.get(row, {})
        check(r.get("verdict") == verdict and clause in r.get("clauses", "").split(), f"{fault}: wanted {row} {verdict} {clause}: {r}")
    if fault == "withholds a client's field":
        check("withheld from the client's list: os" in rows["id.fields"]["trace"], f"{fault}: {rows['id.fields']}")
    fails = any(verdict == "VIOLATES" for _, _, verdict, _ in expected)
    check(fails == (status == 1), f"{fault}: exit status {status}: {err} {[r for r in rows.values() if r['verdict'] == 'VIOLATES']}")


def people():
    """Without --json: a grid; DEVIATES fails the run with --strict alone."""
    for options, want in (((), 0), (("--strict",), 1)):
        proxy = Proxy("removes the server's list", CERT, KEY)
        status, out, err = run(f"imap://127.0.0.1:{proxy.port}/", proxy, "--wait", "60s", "--deadline", "60s", *options)
        proxy.end()
        check(status == want and err == "", f"{options}: exit status {status}: {err}")
        check(re.search(r"^  id\.server-list +DEVIATES +ID-7-c  before login NIL is shown; after login NIL is shown$", out, re.M), f"the grid: {out}")


def other_server(says, deadline):
    """A server that is no proxy: what it says to all who connect."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            kept = []
            while True:
                try:
                    s, _ = listener.accept()
                    kept.append(s)
                    s.sendall(says)
                except OSError:
                    return
        threading.Thread(target=serve, daemon=True).start()
        began = time.monotonic()
        status, out, err = run(f"imap://127.0.0.1:{listener.getsockname()[1]}/", None, "--quiet", "--wait", "300ms", "--deadline", deadline)
        check(time.monotonic() - began < 100, "a bad server: ends")
        listener.shutdown(socket.SHUT_RDWR)
        return status, out, err


def errors():
    with socket.create_server(("127.0.0.1", 0)) as s:
        free = s.getsockname()[1]
    status, out, err = run(f"imap://127.0.0.1:{free}/", None, "--quiet", "--wait", "300ms")
    check(status == 3 and out == "" and re.fullmatch(rf"imapdiff: between: imap://127\.0\.0\.1:{free}/: no proxy greets there: Connection refused\n", err),
          f"nobody there: {status} {out} {err}")
    for says, deadline, want in ((b"", "1s", "no greeting"), (b"* OK " + b"x" * 3000000, "60s", "a line of more than"),
                                 (b"* OK hello\r\n", "1s", "CAPABILITY")):
        status, out, err = other_server(says, deadline)
        check(status in (1, 3) and (status == 1 or err.count("\n") == 1) and want in out + err, f"{says[:20]}: {status} {out} {err}")
    for words, want in ((["--front", "http://x/"], "--front"), (["--front", "imap://x/"], "--listen"), (["nginy"], "nginx"),
                        (["nginx", "--listen", "127.0.0.1:0"], "private proxy"),
                        (["--front", "imap://x/", "--listen", "127.0.0.1:0", "--fron"], "nearest: --front"),
                        (["--front", "imap://x/", "--listen", "nowhere"], "ADDR:PORT")):
        p = subprocess.run([BIN, "between", *words], capture_output=True, text=True, timeout=60)
        check(p.returncode == 2 and p.stdout == "" and p.stderr.count("\n") == 1 and want in p.stderr, f"{words}: {p}")


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(WORK)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                    "/CN=localhost", "-keyout", KEY, "-out", CERT], check=True, capture_output=True)
    only = sys.argv[1:]
    names = list(dict.fromkeys(f[0] for f in FAULTS))
    with ThreadPoolExecutor(8) as pool:
        jobs = [] if only else [pool.submit(clean), *[pool.submit(relayed, s) for s in ("imap", "imap+starttls", "imaps")], pool.submit(people), pool.submit(errors)]
        jobs += [pool.submit(planted, n) for n in names if not only or n in only]
        for j in jobs:
            j.result()
    if not wrong:
        print(f"between: a clean proxy, {len(names)} with a fault: ok")
    return bool(wrong)


sys.exit(main())
