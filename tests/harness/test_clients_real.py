#!/usr/bin/env python3
"""A sample of `make clients`: the drivers of real clients that are quick and likely there (Python's imaplib; curl where it
is installed or unpacked) under some behaviours end with exactly the mail that is served; and what mk/clients.py
says of grids; that FINDINGS.md and corpus/clients agree, and each trace there shows what it says."""
import glob, os, re, shutil, subprocess, sys

BIN = os.path.abspath(os.environ.get("IMAPDIFF", "build/san/imapdiff"))
WORK = os.path.abspath("build/tests/clients-real")
ROOT = os.path.abspath("build/clients/sysroot")
os.environ.setdefault("IMAPDIFF_LUA", os.path.abspath("lua"))
wrong = []


def check(ok, what):
    if not ok:
        wrong.append(what)
        print("FAILED", what)


def grid(name, *command):
    """The client under some behaviours at once: nothing may be lost, and nothing be left of what was deleted."""
    for behaviour in ("fetch-partial-no", "disconnect-on-*"):
        out = f"{WORK}/{name}-{len(behaviour)}"
        p = subprocess.run([BIN, "clients", "--jobs", "2", "--time", "100s", "--behaviour", behaviour, "--out", out, "--", *command],
                           capture_output=True, text=True, timeout=400)
        rows = p.stdout.splitlines()[1:-1]
        check(p.returncode == 0 and rows and all(" same " in r for r in rows), f"{name}: {p.stdout}{p.stderr}")
        check("Sanitizer" not in p.stdout + p.stderr, p.stderr[-2000:])


def summary(known, *rows):
    """What mk/clients.py says of a grid with these rows, each the outcomes and what follows them."""
    with open(WORK + "/c.grid", "w") as f:
        f.write("behaviour                disturbed      calm           mail                 conn.  commands  the client breaks\n")
        for i, (disturbed, calm, mail, found) in enumerate(rows):
            f.write(f"b{i:<23} {disturbed:14} {calm:14} {mail:20} {3:5} {44:9}  {found}\n")
    with open(WORK + "/known", "w") as f:
        f.write(known)
    p = subprocess.run([sys.executable, "mk/clients.py", WORK + "/known", WORK + "/c.grid"], capture_output=True, text=True)
    return p.returncode, p.stdout + p.stderr


def findings():
    behaviours = subprocess.run([BIN, "list", "behaviours"], capture_output=True, text=True).stdout
    clients = subprocess.run(["sh", "mk/packages.sh", "list", "clients"], capture_output=True, text=True).stdout.split()
    rows = dict(re.findall(r"^\| (C\d+) \| (.*)$", open("FINDINGS.md").read(), re.M))
    traces = {os.path.basename(f).split("-")[0]: f for f in glob.glob("corpus/clients/*.trace")}
    check(rows and sorted(rows) == sorted(traces), f"rows {sorted(rows)}, traces {sorted(traces)}")
    for n, path in traces.items():
        head, _, body = open(path).read().partition("\n\n")
        said = dict(re.findall(r"^# (\w+): (.*)$", head, re.M))
        check(f"`make replay-{n}`" in rows.get(n, "") and f"`{os.path.basename(path)[:-6]}`" in rows.get(n, ""), f"{n}: its row")
        check(said["client"] in clients, f"{n}: client {said['client']}")
        check(re.search(f"^{re.escape(said['behaviour'])} (?!.* fault: )", behaviours, re.M), f"{n}: behaviour {said['behaviour']}")
        lines = body.splitlines()
        check(any(re.search(said["shows"], a) and re.search(said["then"], b) for a, b in zip(lines, lines[1:])), f"{n}: its own trace")


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(WORK)
    fine = [("works", "works", "same", "-"), ("retries", "works", "same", "-"), ("gives up (1)", "works", "-", "-")]
    status, text = summary("", *fine)
    check(status == 0 and " 3      1        1                     1      0" in text, text)
    for bad, word in ((("works", "gives up (1)", "same", "-"), "gives-up"), (("hangs", "works", "same", "-"), "hangs"),
                      (("works", "crashes (11)", "same", "-"), "crashes"), (("works", "works", "1 lost, 0 extra", "-"), "loses"),
                      (("works", "works", "0 lost, 2 extra", "-"), "keeps"), (("works", "works", "1 changed, 0 lost, 0 extra", "-"), "changes"),
                      (("works", "works", "same", "1 MUST, 0 SHOULD: R3501-6"), "R3501-6")):
        status, text = summary("", *fine, bad)
        check(status == 1 and f"NOT KNOWN: c b3 {word}" in text, f"{word} is not told: {text}")
        status, text = summary(f"c b[3] {word} because\n", *fine, bad)
        check(status == 0 and f"c {word}: because" in text, f"{word} is known: {text}")
    check(summary("")[0] == 1, "an empty grid passes")
    findings()
    grid("imaplib", sys.executable, "-P", os.path.abspath("tests/clients/imaplib.py"))
    triplet = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True).stdout.strip()
    path = f"{ROOT}/usr/bin:{os.environ['PATH']}"
    if shutil.which("curl", path=path):
        grid("curl", "env", f"PATH={path}", f"LD_LIBRARY_PATH={ROOT}/usr/lib/{triplet}:{ROOT}/lib/{triplet}", "sh",
             os.path.abspath("tests/clients/curl.sh"))
    else:
        print("curl is left out: it is not here; `make clients CLIENT=curl` fetches it")
    print("real clients: ok" if not wrong else f"real clients: {len(wrong)} failed")
    return bool(wrong)


sys.exit(main())
