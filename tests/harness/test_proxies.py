#!/usr/bin/env python3
"""FINDINGS.md's rows of proxies come again, each in its row of the grid, by its clauses; and no proxy has a violation that is not
there. Without a proxy's packages (`make proxies` fetches them) it is left out, and that is said."""
import json, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

BIN = os.path.abspath("build/imapdiff")
os.environ.setdefault("IMAPDIFF_LUA", os.path.abspath("lua"))
PROBE = {"nginx": "usr/sbin/nginx", "perdition": "usr/sbin/perdition", "imapproxy": "usr/sbin/imapproxyd",
         "dovecot-proxy": "usr/lib/dovecot/imap-login"}
wrong = []


def check(ok, what):
    if not ok:
        wrong.append(what)
        print("FAILED", what, flush=True)


def rows():
    """Of FINDINGS.md: proxy, verdict, clauses, row of the grid."""
    text = open("FINDINGS.md", encoding="utf-8").read()
    found = re.findall(r"^\| P\d+ \| `([a-z-]+)` \| ([A-Z]+) ([^|]*) \| `([a-z.-]+)` \|", text, re.M)
    return [(name, verdict, clauses.split(), row) for name, verdict, clauses, row in found]


def judge(name, known):
    p = subprocess.run([BIN, "between", name, "--json", "--deadline", "10s"], capture_output=True, text=True, timeout=280)
    check(p.returncode == 1 and p.stderr == "", f"{name}: exit status {p.returncode}: {p.stderr[-2000:]}")
    try:
        grid = {r["row"]: r for r in json.loads(p.stdout)["proxies"][0]["rows"]}
    except (ValueError, LookupError):
        check(False, f"{name}: JSON: {p.stdout[:300]}")
        return
    for _, verdict, clauses, row in known:
        r = grid[row]
        check(r["verdict"] == verdict and set(clauses) <= set(r["clauses"].split()), f"{name}: FINDINGS has {row} {verdict} {clauses}: {r}")
    for r in grid.values():
        check(r["verdict"] != "VIOLATES" or any(row == r["row"] for *_, row in known), f"{name}: not in FINDINGS: {r}")
    if name == "imapproxy":  # P6
        check(re.search(r"^an APPEND broken off [^\n]* FETCH 1 FLAGS -> *$", grid["session.fresh"]["trace"], re.M), f"{name}: {grid['session.fresh']}")


def main():
    names = subprocess.run([BIN, "list", "proxies"], capture_output=True, text=True, check=True).stdout.split()
    check(sorted(names) == sorted(PROBE), f"private proxies: {names}")
    findings = rows()
    check(len(findings) >= 7 and {f[0] for f in findings} == set(names), f"rows of FINDINGS.md: {findings}")
    here = [n for n in names if os.path.exists(os.path.join("build/sysroot", PROBE[n]))]
    for n in set(names) - set(here):
        print(f"left out: {n}, whose packages are not in build/sysroot (make proxies)")
    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(judge, n, [f for f in findings if f[0] == n]) for n in here]:
            job.result()
    if not wrong:
        print(f"proxies: {len(here)} as in FINDINGS.md: ok")
    return bool(wrong)


sys.exit(main())
