#!/usr/bin/env python3
"""imapdiff learn: what is learnt of the model under a behaviour answers as that behaviour does, also in programs that it was not learnt
from; faults are not learnt; nothing is written over. Run it at the top of the sources.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys

BIN, WORK = "build/imapdiff", "build/tests/learn"
failed = 0


def check(ok, text):
    global failed
    if not ok:
        failed = 1
        print("FAILED:", text)


def run(*words, status=0, text=None):
    p = subprocess.run([BIN, *words], capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL)
    check(p.returncode == status, f"{words}: exit status {p.returncode}, not {status}\n{p.stdout[-2000:]}{p.stderr}")
    check(not text or text in p.stdout + p.stderr, f"{words}: no <{text}> in\n{p.stdout[-2000:]}{p.stderr}")
    return p.stdout


def learn(name, target, *words, **more):
    path = os.path.join(WORK, name + ".lua")
    return path, run("learn", target, "-o", path, "--quiet", *words, **more)


shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(WORK)

# The behaviours of every choice point that may be learnt, several at once where they do not meet.
for k, chosen in enumerate((
        "ghosted-mailbox,fetch-nil,copy-living,store-atomic-no,beyond-bad",
        "orphaned-on-delete,orphaned-on-rename,fetch-partial-no,error-no,status-truth,id-limits-enforced,clientid-known-types",
        "refuse-delete,refuse-rename,refuse-expunge,id-silent,select-fails-kept,clientid-type-abnf",
        "emptied-on-delete,search-omits,store-gone-no,copy-refused,login-refused-bad")):
    path, said = learn(f"learnt-{k}", "model:" + chosen)
    found = re.search(r"alike in (\d+) of (\d+) contexts; of the server's (\d+) answers there it gives ([0-9.]+) %; 0 more", said)
    check(found and int(found[3]) > 500 and float(found[4]) >= 99.5 and int(found[1]) > 60, f"{chosen}: {said[-1500:]}")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for name in chosen.split(","):
        check(re.search(rf"^    -- {name}\b", text, re.M), f"{chosen}: {name} is not learnt\n{text}")
    check(json.load(open(path[:-4] + ".json"))["target"] == "model:" + chosen, f"{chosen}: the profile")
    run("check", "model:./" + path, "--programs", "50", "--scenario", "", "--quiet")

# Another's lesson predicts it worse: the figure can fall.
path = os.path.join(WORK, "learnt-0.lua")
d = subprocess.run([BIN, "diff", "model", "model:./" + path, "--programs", "60", "--quiet", "--json"], capture_output=True, text=True, timeout=200)
points = {c["point"] for c in json.loads(d.stdout)["differences"]["contexts"]}
check(points >= {"delete.in_use", "fetch.expunged", "copy.expunged", "store.expunged"}, f"beside the default: {points}")

# A fault breaks a rule: it is found, and no practice.
path, said = learn("fault", "model:fetch-wrong-message", "--programs", "60")
check("wrong" not in open(path, encoding="utf-8").read().split("\n", 3)[3], "a fault was learnt")

# Nothing is written over, neither of the two.
path, _ = learn("kept", "model", "--programs", "20")
before = open(path, "rb").read()
learn("kept", "model", "--programs", "20", status=2, text="kept.lua is there already")
check(open(path, "rb").read() == before, "a file that was there has changed")
with open(WORK + "/profile.json", "w") as f:
    f.write("{}")
learn("profile", "model", status=2, text="profile.json is there already")

# In a folder that is loaded it is known by its name.
os.makedirs(WORK + "/mine")
run("learn", "model:refuse-delete", "-o", WORK + "/mine/refuser.lua", "--behaviours", WORK + "/mine", status=2, text="mine")
shutil.copy("lua/behaviour/rfc2180/fetch-nil.lua", WORK + "/mine/other.lua")
with open(WORK + "/mine/other.lua", encoding="utf-8") as f:
    text = f.read().replace('"fetch-nil"', '"other-nil"')
with open(WORK + "/mine/other.lua", "w", encoding="utf-8") as f:
    f.write(text)
run("learn", "model:refuse-delete", "-o", WORK + "/mine/refuser.lua", "--behaviours", WORK + "/mine", "--programs", "30", "--quiet", text="gives 100.0 %")

run("learn", "model", status=2, text="expected -o NAME.lua")
run("learn", "model", "-o", status=2, text="expected -o NAME.lua")
run("learn", "model", "-o", "x.txt", status=2, text="expected -o NAME.lua")
run("learn", "model", "-o", WORK + "/a,b.lua", status=2, text="expected -o NAME.lua")
run("learn", "model", "-o", WORK + "/fetch-nil.lua", status=2, text="there is a behaviour `fetch-nil` already")
run("learn", "model", "model", "-o", WORK + "/two.lua", status=2, text="expected one target")
run("learn", "-o", WORK + "/none.lua", status=2, text="learn: expected a target")
run("learn", "model", "-o", WORK + "/json.lua", "--json", status=2, text="the profile goes to")
run("learn", "model", "-o", WORK + "/time.lua", "--time", "5s", status=2, text="options of check alone")
run("learn", "model", "-o", WORK + "/no/where.lua", status=2, text="cannot write " + WORK + "/no/where.lua: No such file")
run("learn", "model", "-o", WORK + "/none.lua", "--programs", "0", "--scenario", "", status=2, text="no program was run")
run("learn", "imap://u:p@127.0.0.1:1/", "-o", WORK + "/lost.lua", "--quiet", status=3, text="127.0.0.1:1")
check(not os.path.exists(WORK + "/lost.lua") and not os.path.exists(WORK + "/none.lua"), "a file was written of nothing")

# A signal: what was learnt until then is kept, and it is told that it is not all.
p = subprocess.Popen([BIN, "learn", "model", "-o", WORK + "/cut.lua", "--programs", "100000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
while "programs" not in p.stderr.readline() and p.poll() is None:
    pass
p.send_signal(signal.SIGTERM)
out, err = p.communicate(timeout=100)
check(p.returncode == 3 and os.path.exists(WORK + "/cut.lua") and "beside the server" not in out, f"SIGTERM: {p.returncode}\n{out}{err}")
sys.exit(failed)
