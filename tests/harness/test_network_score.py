#!/usr/bin/env python3
"""The score over the network: `imapdiff serve --behaviour B` beside `imapdiff check imap://`, on loopback.

A legal behaviour: nothing is found. A fault: within 2,000 programs at the default seed the run fails, naming a clause that the
fault cites. Prints killed of planted. A seeded sample; IMAPDIFF_FULL=1: all of them.
usage: test_network_score.py [BEHAVIOUR...]     IMAPDIFF_SEED draws the sample, IMAPDIFF_JOBS run at once (2; mostly they wait)
"""
import concurrent.futures, json, os, random, re, shutil, subprocess, sys

WORK = os.path.abspath("build/tests/network_score")
SERVER = os.path.abspath("build/san/imapdiff")  # what memory it misuses is seen
JUDGE = os.path.abspath("build/imapdiff")
ENV = dict(os.environ, IMAPDIFF_LUA=os.path.abspath("lua"))
FULL = os.environ.get("IMAPDIFF_FULL", "0") not in ("", "0")
SEED = int(os.environ.get("IMAPDIFF_SEED", "1"))
SAMPLE = {False: 5, True: 14}  # legal ones, faults
LEGAL_PROGRAMS = 500 if FULL else 150  # the closed loop runs 5,000 of each without a network (check-full)
FAULT_PROGRAMS = 2000


def behaviours():
    """name: None, or the clauses that the fault cites."""
    text = subprocess.run([JUDGE, "list", "behaviours"], capture_output=True, text=True, check=True, env=ENV).stdout
    found = {}
    for line in text.splitlines():
        name, _, rest = line.split(None, 2)
        found[name] = re.search(r"\[([^]]*)\]$", rest).group(1).split() if rest.startswith("fault: ") else None
    return found


class Serve:
    def __init__(self, name):
        self.p = subprocess.Popen([SERVER, "serve", "--listen", "127.0.0.1:0", "--behaviour", name], env=ENV, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        says = self.p.stdout.readline()
        port = re.search(r"imap://127\.0\.0\.1:(\d+)/", says)
        if not port:
            raise OSError("serve says " + says + self.p.stderr.read())
        self.url = "imap://u1:pw@127.0.0.1:%s/" % port.group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.p.terminate()
        try:
            _, self.err = self.p.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.p.kill()
            _, self.err = self.p.communicate()


def run(name, programs, *options):
    """Exit status, clauses that are violated, programs, what was printed; what the server said."""
    folder = os.path.join(WORK, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with Serve(name) as server:
        # The served model tells what it tells at once, or when it is asked: there is nothing to wait for.
        judge = subprocess.run([JUDGE, "check", server.url, "--user", "u2:pw", "--user", "u3:pw", "--programs", str(programs), "--pause",
                                "5ms", "--quiet", "--json=result.json", *options], cwd=folder, env=ENV, capture_output=True, text=True)
    said = "serve: exit status %d: %s" % (server.p.returncode, server.err[-1500:]) if server.p.returncode or server.err else ""
    with open(os.path.join(folder, "result.json"), encoding="utf-8") as file:
        result = json.load(file)
    named = [f["cites"] if isinstance(f["cites"], list) else f["cites"].split()
             for f in result["findings"] if f["verdict"] == "VIOLATES"]
    return judge.returncode, {c for cites in named for c in cites}, result["programs"], judge.stdout + judge.stderr, said


def legal(name, wanted=LEGAL_PROGRAMS):
    status, named, programs, text, said = run(name, wanted)
    if status != 0 or said or programs < wanted:
        return "%s: exit status %d, %d programs, %s\n%s%s" % (name, status, programs, " ".join(sorted(named)), text[-2500:], said)


def fault(name, cites, most=FAULT_PROGRAMS):
    """First until something is found; if that is another clause of many, further."""
    for options in (["--deadline", "3s", "--first"], ["--deadline", "3s"]):  # one that never answers is found all the sooner
        status, named, programs, text, said = run(name, most, *options)
        if said:
            return "%s: %s" % (name, said)
        if status == 1 and named & set(cites):
            return None
        if not named:
            break
    return "%s: exit status %d, %d programs, named: %s; it breaks %s\n%s" % (
        name, status, programs, " ".join(sorted(named)) or "nothing", " ".join(cites), text[-2500:])


def proves_itself():
    """A legal behaviour is no fault that is found, a fault is not legal, and a clause that it does not break does not count."""
    return bool(fault("default", ["MAP-I1"], 40) and legal("fetch-wrong-message", 40) and fault("fetch-wrong-message", ["CID-3.4-3s"], 40))


def main():
    known = behaviours()
    chosen = sys.argv[1:]
    if not chosen and FULL:
        chosen = list(known)
    elif not chosen:
        draw = random.Random(SEED)
        for is_fault, n in SAMPLE.items():
            chosen += draw.sample(sorted(b for b, c in known.items() if (c is not None) == is_fault), n)
    shutil.rmtree(WORK, ignore_errors=True)
    failed = {False: [], True: []}
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("IMAPDIFF_JOBS", "4" if FULL else "2"))) as pool:
        jobs = {b: pool.submit(fault, b, known[b]) if known[b] is not None else pool.submit(legal, b) for b in chosen}
        for b, job in jobs.items():
            wrong = job.result()
            if wrong:
                failed[known[b] is not None].append(b)
                print("FAILED", wrong, flush=True)
    faults = [b for b in chosen if known[b] is not None]
    proved = proves_itself()
    if not proved:
        print("FAILED a legal behaviour counts as a fault that was found, or the other way round")
    print("score: over the network%s: killed %d of %d planted faults (%d there are), %d of %d legal behaviours without a finding (%d)%s" % (
        "" if FULL or sys.argv[1:] else ", a sample drawn from %d" % SEED, len(faults) - len(failed[True]), len(faults),
        sum(c is not None for c in known.values()), len(chosen) - len(faults) - len(failed[False]), len(chosen) - len(faults),
        sum(c is None for c in known.values()), "; not killed: " + " ".join(failed[True]) if failed[True] else ""))
    enough = sum(c is not None for c in known.values()) >= 60
    return 0 if chosen and enough and proved and not failed[True] and not failed[False] else 1


if __name__ == "__main__":
    sys.exit(main())
