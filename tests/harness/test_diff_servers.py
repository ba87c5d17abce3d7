#!/usr/bin/env python3
"""imapdiff diff of servers: a server is like itself, a behaviour is a difference where it shows and nowhere else, a fault is a finding that
one side alone has. Run it at the top of the sources.
"""
import json
import os
import re
import signal
import subprocess
import sys

BIN = "build/imapdiff"
failed = 0


def check(ok, text):
    global failed
    if not ok:
        failed = 1
        print("FAILED:", text)


def diff(*words, status, text=None):
    p = subprocess.run([BIN, "diff", *words, "--quiet"], capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL)
    check(p.returncode == status, f"diff {words}: exit status {p.returncode}, not {status}\n{p.stdout[-2000:]}{p.stderr}")
    check(not text or text in p.stdout + p.stderr, f"diff {words}: no <{text}> in\n{p.stdout[-2000:]}{p.stderr}")
    check(status not in (2,) or p.stderr.count("\n") == 1, f"diff {words}: one line expected: {p.stderr}")
    return p.stdout


def parted(*words, status=1):
    d = json.loads(diff(*words, "--json", status=status))
    check(d["status"] == status, f"{words}: status in JSON: {d['status']}")
    return d["differences"]


# Like itself, in every respect, under the default and under another behaviour (MAP-I15: the same programs, the same answers).
for name in "model", "model:ghosted-mailbox":
    d = parted(name, name, "--programs", "100", status=0)
    check(d["alike"] > 50 and not (d["one"] or d["contexts"] or d["findings"] or d["scenarios"]), f"{name} twice: {d}")

# One behaviour of DELETE: it shows where another client has the mailbox, as what it is (MAP-3.2-a), and breaks nothing.
d = parted("model", "model:ghosted-mailbox", "--programs", "100")
check(d["contexts"] and {c["point"] for c in d["contexts"]} == {"delete.in_use"} and not d["findings"], f"ghosted: {d}")
for c in d["contexts"]:
    here, there = (set(answers) for answers in c["answers"])
    check(there == {"ghosted-mailbox"} and "ghosted-mailbox" not in here, f"ghosted: {c}")
check({s["name"]: s["results"] for s in d["scenarios"]}.get("golden-map-3.3") == ["pass", "otherwise"], f"ghosted: {d['scenarios']}")

# A fault is on its side alone; between three, each list has three places.
d = parted("model", "model:fetch-wrong-message", "model", "--programs", "100", "--scenario", "")
check(any(f["counts"][0] == 0 < f["counts"][1] and f["counts"][2] == 0 and "MAP-I2" in f["cites"] for f in d["findings"]), f"fault: {d['findings']}")
check(not d["scenarios"] and all(f["counts"][0] == f["counts"][2] for f in d["findings"]), f"fault: {d}")

# One run that could not be made parts nothing: what the other has it may have, too.
p = subprocess.run([BIN, "diff", "model:fetch-wrong-message", "imap://u:p@127.0.0.1:1/", "--programs", "30", "--quiet"], capture_output=True, text=True, timeout=100)
check(p.returncode == 3 and "127.0.0.1:1" in p.stderr and "exit status 1" not in p.stdout, f"a lost server: {p.returncode}\n{p.stdout}{p.stderr}")

# Traces of both stay where both have one name.
d = json.loads(diff("model:fetch-wrong-message", "model:fetch-wrong-message", "--programs", "60", "--scenario", "", "--json", status=0))
traces = [f["trace"] for t in d["targets"] for f in t["findings"] if f["trace"]]
check(len(traces) == len(set(traces)) > 1 and all(map(os.path.exists, traces)), f"traces: {traces}")

# A finding that both have parts nothing: it is check that judges them.
d = parted("model:fetch-wrong-message", "model:fetch-wrong-message", "--programs", "60", "--scenario", "", status=0)
check(not d["findings"], f"the same fault: {d}")

text = diff("model", "model:ghosted-mailbox", "--programs", "60", status=1)
check(re.search(r"^delete\.in_use\n  who=other .*\n    model                  disconnect-on-delete ×\d+ \[MAP-3.3-a\]\n"
                r"    model:ghosted-mailbox  ghosted-mailbox ×\d+ \[MAP-3.2-a", text, re.M), f"text: {text}")
n = len(parted("model", "model:ghosted-mailbox", "--programs", "60")["contexts"])
check(f"exit status 1: {n} contexts are answered otherwise, 0 findings" in text, f"text, {n} contexts: {text[-300:]}")

# Wrong use, and what cannot be run: one line, a status, and what the others gave.
diff("model", status=2, text="two servers or more")
diff("model", "libetpan", status=2, text="`libetpan` is no server")
diff("model", "model", "--profile", "x", status=2, text="options of check")
diff("model", "model", "--time", "1s", status=2, text="the same programs")
diff("--tap", "model", "model", status=2, text="options of check")
diff("--", "model", "./nolib.so", status=2, text="`./nolib.so` is no server")
diff("model", "model", "--scenario", "no-such", status=2, text="none of")
diff("model", "model", "--json=/nowhere/x", status=2, text="/nowhere/x")
diff("model", "model", "--corpus", "corpus", status=2, text="unknown option `--corpus`")
diff("model:no-such", "model", status=2, text="no-such")
diff("model", "imap://u:p@127.0.0.1:1/", "--programs", "5", "--scenario", "", status=3, text="127.0.0.1:1")
diff("model", "model", "--programs", "5", "--scenario", "", "--json=/dev/full", status=2, text="cannot write /dev/full: No space left")

# Servers that offer different things get the same programs: those that keep to what both offer.
serve = [subprocess.Popen([BIN, "serve", "--listen", "127.0.0.1:0", *words], stdout=subprocess.PIPE, text=True) for words in ([], ["--without", "MOVE,IDLE"])]
urls = ["imap://u1:pw@127.0.0.1:" + re.search(r"127\.0\.0\.1:(\d+)", s.stdout.readline())[1] + "/" for s in serve]
d = json.loads(diff(*urls, "--programs", "12", "--scenario", "", "--pause", "10ms", "--user", "u2:pw", "--user", "u3:pw", "--json", status=0))
check(d["targets"][0]["commands"] == d["targets"][1]["commands"] > 100 and d["differences"]["alike"] > 10, f"without MOVE: {d['differences']}")
check(not any("MOVE" in f["form"] or "IDLE" in f["form"] for t in d["targets"] for f in t["forms"]), "MOVE was sent")
for s in serve:
    s.terminate()
    s.wait(60)

# A signal ends it in order: what was run is told, the status says that it was not all.
p = subprocess.Popen([BIN, "diff", "model", "model:ghosted-mailbox", "--programs", "100000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
while "programs" not in p.stderr.readline() and p.poll() is None:
    pass
p.send_signal(signal.SIGTERM)
out, err = p.communicate(timeout=60)
check(p.returncode == 3 and "alike in" in out, f"SIGTERM: {p.returncode}\n{out}{err}")
sys.exit(failed)
