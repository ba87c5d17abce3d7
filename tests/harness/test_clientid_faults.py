#!/usr/bin/env python3
"""`imapdiff check` against the stand-alone CLIENTID server: nothing on the clean one, the clause of each fault on the others.

usage: test_clientid_faults.py [IMAPDIFF [FAULT...]]     over STARTTLS and over implicit TLS; default build/san/imapdiff
A fault meets the scenarios that are about it; with IMAPDIFF_FULL=1 every one of clientid*, as the clean server always does.
"""
import concurrent.futures, json, os, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SERVER = [sys.executable, os.path.join(ROOT, "tests", "clientid_server.py")]
IMAPDIFF = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build", "san", "imapdiff")
CLEAR = {"advertise-clear", "injection"}     # they show before TLS alone, where implicit TLS never is
FULL = os.environ.get("IMAPDIFF_FULL", "0") not in ("", "0")
ABOUT = {  # the faults whose name begins so: a glob of scenarios
    "type": "clientid-[mw]*", "token": "clientid-[mw]*", "argument": "clientid-malformed", "space": "clientid-malformed",
    "malformed": "clientid-malformed", "case": "clientid-well-formed", "injection": "clientid-starttls-injection",
    "advertise-clear": "clientid-in-clear", "advertise-only": "clientid-accepted-at-all", "advertise": "clientid-listing",
    "value": "clientid-listing", "code": "clientid-listing", "drops-id": "clientid-capabilities-same",
    "literal": "clientid-literal-like", "early": "clientid-before-listed", "late": "clientid-after-login",
    "twice": "clientid-twice", "accept-again": "clientid-twice", "valid-no": "clientid-reply", "untagged": "clientid-reply",
    "logs-in": "clientid-state", "twin": "clientid-state", "echo": "clientid-no-heuristics", "policy": "clientid-refusals-alike"}
SHOULD = {"policy-text", "policy-word"}      # DEVIATES: the run does not fail


def faults():
    lines = subprocess.run(SERVER + ["--list-faults"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [tuple(line.split("\t")[:2]) for line in lines]


def scenarios(fault):
    about = sorted((name for name in ABOUT if fault.startswith(name)), key=len)
    return ABOUT[about[-1]] if fault and about and not FULL else "clientid*"


def check(fault, implicit, folder):
    """The findings of one run, its exit status, what it printed."""
    with subprocess.Popen(SERVER + ["--dir", folder] + (["--fault", fault] if fault else []), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as server:
        host, plain, tls, user, password = server.stdout.readline().split()
        name = "%s-%s" % (fault or "clean", "imaps" if implicit else "starttls")
        out = os.path.join(folder, name + ".json")
        url = "%s://%s:%s@%s:%s/" % ("imaps" if implicit else "imap+starttls", user, password, host, tls if implicit else plain)
        run = subprocess.run([IMAPDIFF, "check", url, "--user", "u4:pw", "--scenario", scenarios(fault), "--programs", "0", "--quiet",
                              "--json=" + out], cwd=ROOT, capture_output=True, text=True, timeout=300)
        server.stdin.close()
        server.wait()
    with open(out, encoding="utf-8") as file:
        return json.load(file), run.returncode, run.stdout + run.stderr


def verdict(fault, clause, implicit, folder):
    """What is wrong with one run's result, or None."""
    try:
        result, status, text = check(fault, implicit, folder)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return "no result: %s" % error
    bad = [f for f in result["findings"] if f["verdict"] in ("VIOLATES", "DEVIATES")]
    named = {c for f in bad for c in (f["cites"].split() if isinstance(f["cites"], str) else f["cites"])}
    if not fault:
        states = [s for s in result["scenarios"] if s.get("state", s.get("result")) == "fail"]
        return None if status == 0 and not bad and not states else "status %d, %s\n%s" % (status, bad, text)
    if clause not in named:
        return "%s is not named; named: %s; status %d\n%s" % (clause, " ".join(sorted(named)) or "nothing", status, text[-600:])
    wanted = 0 if fault in SHOULD else 1
    return None if status == wanted else "exit status %d, expected %d" % (status, wanted)


def main():
    known = faults()
    chosen = [(f, c) for f, c in known if len(sys.argv) < 3 or f in sys.argv[2:]]
    runs = [("", "", False), ("", "", True)] + [(f, c, i) for f, c in chosen for i in (False, True) if not (i and f in CLEAR)]
    failed = 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        for run, wrong in zip(runs, pool.map(lambda r: verdict(*r, folder), runs)):
            failed += wrong is not None
            if wrong:
                print("FAIL %s over %s: %s" % (run[0] or "clean", "TLS" if run[2] else "STARTTLS", wrong), flush=True)
    print("%d faults of a CLIENTID server, %d runs, %d failed" % (len(chosen), len(runs), failed))
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
