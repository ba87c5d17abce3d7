#!/usr/bin/env python3
"""imapdiff diff as people meet it: a planted library that is wrong in chosen ways, bad input, faults, kills, a full disk."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

top = os.getcwd()
work = os.path.join(top, "build/tests/diff")
binary = os.path.join(work, "imapdiff")
env = dict(os.environ, IMAPDIFF_LUA=os.path.join(top, "lua"))
bad = 0

PLANTED = r"""
#include "library.h"
#include "id.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static bool has(const uint8_t *p, size_t n, const char *z) { return memmem(p, n, z, strlen(z)) != NULL; }
static void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    const char *plant = getenv("PLANT");
    struct lex_state st = {{0}};
    const struct lex_options o = {0};
    struct lex_result r = item == ITEM_ID ? lex_id(&st, p, n, &o) : lex_clientid(&st, p, n, &o);
    a->verdict = r.verdict == LEX_ACCEPT ? LIB_ACCEPT : r.verdict == LEX_MORE ? LIB_MORE : LIB_REJECT;
    for (; *plant; plant++)
        switch (*plant) {
        case 'c': if (has(p, n, "\\\\")) abort(); break;
        case 'h': if (has(p, n, "{0}")) for (;;) pause(); break;
        case 'm': if (has(p, n, "\"\"")) for (;;) for (volatile char *q = malloc(16 << 20), *e = q + (16 << 20); q < e; q += 4096) *q = 1; break;
        case 'b': if (has(p, n, "))")) puts("I am talking"); break;
        case 'l': if (a->verdict == LIB_ACCEPT && has(p, n, "}\r\n")) a->verdict = LIB_REJECT; break;
        case 'n': if (a->verdict == LIB_ACCEPT && has(p, n, "nil")) a->verdict = LIB_REJECT; break;
        case 'o': if (r.verdict == LEX_REJECT && has(p, n, "(\"a\")")) a->verdict = LIB_ACCEPT; break;
        case 'd': if (a->verdict == LIB_ACCEPT && has(p, n, "31")) a->verdict = LIB_REJECT; break;
        }
}
LIBRARY(planted) = {.name = "planted", .package = "none", .about = "planted", .items = 1 << ITEM_ID | 1 << ITEM_CLIENTID,
                    .parse = parse};
"""
SEEDS = {
    "escape": b'ID ("a" "b\\\\")\r\n', "zero": b'ID ("a" {0}\r\n)\r\n', "empty": b'ID ("a" "")\r\n',
    "odd": b'ID ("a")\r\n', "closed": b'ID ("a" "b"))\r\n', "nil": b'ID ("a" nil)\r\n',
    "many": b"ID (" + b" ".join(b'"f%d" "x"' % i for i in range(32)) + b")\r\n",
    "client": b"CLIENTID uuid x{3}\r\n",
}


def fail(text):
    global bad
    bad = 1
    print("FAILED:", text)


def run(*arguments, plant="", status=None, text=None, lines=None, seconds=100, program=binary, stdout=subprocess.PIPE):
    p = subprocess.run([program, "diff", *arguments], stdout=stdout, stderr=subprocess.PIPE, timeout=seconds,
                       stdin=subprocess.DEVNULL, env=dict(env, PLANT=plant), cwd=work)
    out = (p.stdout or b"").decode(errors="replace")
    err = p.stderr.decode(errors="replace")
    if status is not None and p.returncode != status:
        fail(f"diff {' '.join(arguments)}: exit status {p.returncode}, not {status}\n{out[-2000:]}{err[-2000:]}")
    if text and text not in out + err:
        fail(f"diff {' '.join(arguments)}: no <{text}> in:\n{out[-2000:]}{err[-2000:]}")
    if lines is not None and len(err.splitlines()) != lines:
        fail(f"diff {' '.join(arguments)}: {lines} line(s) of errors expected:\n{err}")
    return out, err


def findings(*arguments, plant, status=1, out="out", seconds=100):
    shutil.rmtree(os.path.join(work, out), ignore_errors=True)
    text, _ = run(*arguments, "--json", "--out", out, plant=plant, status=status, seconds=seconds)
    return json.loads(text)


shutil.rmtree(work, ignore_errors=True)
os.makedirs(os.path.join(work, "corpus"))
shutil.copy("build/san/imapdiff", binary)
with open(os.path.join(work, "planted.c"), "w") as f:
    f.write(PLANTED)
subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-std=c17", "-I" + top + "/harness", "-I" + top + "/grammar",
                "-o", work + "/planted.so", work + "/planted.c", "grammar/id.c", "grammar/scan.c", "build/gen/id.c", "build/gen/clientid.c"], check=True)
for name, octets in SEEDS.items():
    with open(os.path.join(work, "corpus", name), "wb") as f:
        f.write(octets)
lib = "./planted.so"

# Wrong usage and input: one line each.
run(status=2, text="expected libraries or servers", lines=1)
run("imap://u:p@h/", status=2, text="expected two servers", lines=1)
run(lib, "imap://u:p@h/", status=2, text="not both", lines=1)
run(lib, lib, status=2, text="twice", lines=1)
run("./nowhere.so", status=3, text="nowhere", lines=1)
run("nolibrary", status=3, text="nolibrary", lines=1)
run(lib, "--item", "clientd", status=2, text="(nearest: clientid)", lines=1)
run(lib, "--item", "response", status=2, text="none of these libraries reads response", lines=1)
run(lib, "--time", "soon", status=2, text="expected a time", lines=1)
run(lib, "--corpus", "nowhere", status=2, text="cannot read `nowhere`: No such file", lines=1)
os.makedirs(os.path.join(work, "empty"))
run(lib, "--corpus", "empty", status=2, text="`empty` is empty", lines=1)
run(lib, "--corpus", "/proc/self/mem", status=2, text="cannot read `/proc/self/mem`", lines=1)
with open(os.path.join(work, "file"), "w") as f:
    f.write("no folder\n")
run(lib, "--time", "0", "--corpus", "corpus", "--out", "file", status=2, text="cannot write findings into `file`", lines=1)
run(lib, "--time", "0", "--corpus", "corpus", "--json=/dev/full", "--out", "o1", status=2, text="/dev/full", lines=1)
with open("/dev/full", "w") as full:
    run(lib, "--time", "0", "--corpus", "corpus", "--out", "o2", status=2, stdout=full, text="cannot write")

# A library that agrees; the same seed twice.
a = findings(lib, "--corpus", "corpus", "--inputs", "3000", plant="", status=0)
if a["disagreements"]:
    fail(f"a library that is right: {a}")
if a["executed"] != 3000 + len(SEEDS):
    fail(f"{a['executed']} inputs, not 3000 and the corpus")
a = findings(lib, "--corpus", "corpus", "--inputs", "3000", "--seed", "7", plant="lno")
b = findings(lib, "--corpus", "corpus", "--inputs", "3000", "--seed", "7", plant="lno")
strip = lambda r: [{k: v for k, v in d.items() if k != "file"} for d in r["disagreements"]]
if strip(a) != strip(b):
    fail("the same seed gave something else")
seen = {(d["item"], d["part"], d["cause"]) for d in a["disagreements"]}
for wanted in [("id", "refuses", "literal"), ("id", "refuses", "lower-case-nil"), ("id", "takes", "odd-count")]:
    if wanted not in seen:
        fail(f"{wanted} was not found: {seen}")
odd = [d for d in a["disagreements"] if d["cause"] == "odd-count"][0]
if odd["clauses"] != "ID-3.1-e" or odd["standing"] != "library wrong" or not odd["input"].startswith('ID ("a")'):
    fail(f"odd-count: {odd}")

# T-ID-4: a receiver may refuse more pairs than a sender may send. That is no fault of it.
r = findings(lib, "--corpus", "corpus/many", "--time", "0", plant="d", status=0)
if [d["standing"] for d in r["disagreements"]] != ["either permitted"]:
    fail(f"a limit: {r}")

# Known ones are set apart, and fail nothing.
with open(os.path.join(work, "known.lua"), "w") as f:
    f.write('return profile { library = "planted", known = { id = { literal = "refuses", ["odd-count"] = "takes" },'
            ' clientid = { ["clientid-literal-like"] = "refuses" } } }\n')
with open(os.path.join(work, "wrong.lua"), "w") as f:
    f.write('return profile { library = "planted",\nknown = { id = { literals = "refuses" } } }\n')
run(lib, "--corpus", "corpus", "--time", "0", "--profile", "known.lua", "--out", "o3", plant="lo", status=0,
    text="known by a profile")
run(lib, "--corpus", "corpus", "--time", "0", "--profile", "known.lua", "--out", "o4", plant="lon", status=1, text="\nnew\n")
run(lib, "--corpus", "corpus", "--time", "0", "--profile", "wrong.lua", "--out", "o5", plant="lo",
    text="wrong.lua:2: unknown cause `literals`", lines=1)

# Faults are findings with their input, and the run goes on behind them.
for letter, fault, trigger in [("c", "crash", "\\\\"), ("h", "hang", "{0}"), ("m", "memory", '""'), ("b", "blurt", "))")]:
    r = findings(lib, "--corpus", "corpus", "--time", "0", plant=letter + "l", seconds=200)
    # Where pages come slowly, the deadline is reached before the memory is used up; and who does not look at what malloc
    # returns may die of it before the watcher looks. One of the faults tells the memory, then.
    others = {"memory": ("memory", "hang", "crash")}.get(fault, (fault,))
    hits = [d for d in r["disagreements"] if d["fault"] in others]
    if fault == "memory" and all(d["fault"] == "crash" for d in hits):
        fail(f"{fault}: {r}")
    if not any(trigger in d["input"] for d in hits):
        fail(f"{fault}: {r}")
    if r["executed"] < len(SEEDS) - 1 or not [d for d in r["disagreements"] if d["cause"] == "clientid-literal-like" or
                                              d["cause"] == "literal"]:
        fail(f"{fault}: the run did not go on: {r}")

# Killed without warning: what was found is there, nothing is left running; SIGINT ends with the grid.
for number in (signal.SIGKILL, signal.SIGINT):
    shutil.rmtree(os.path.join(work, "killed"), ignore_errors=True)
    p = subprocess.Popen([binary, "diff", lib, "--time", "60s", "--corpus", "corpus", "--out", "killed"], cwd=work,
                         env=dict(env, PLANT="lo"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    workers = open(f"/proc/{p.pid}/task/{p.pid}/children").read().split()
    began = time.time()
    p.send_signal(number)
    out, err = p.communicate(timeout=20)
    if time.time() - began > 5:
        fail(f"{number.name}: it took {time.time() - began:.1f} s to end")
    time.sleep(0.3)
    for w in workers:
        if os.path.exists(f"/proc/{w}/stat") and open(f"/proc/{w}/stat").read().split()[2] != "Z":
            fail(f"{number.name}: the worker {w} lives")
    if not workers:
        fail("no worker was seen")
    if number == signal.SIGINT and (p.returncode != 1 or "odd-count" not in out):
        fail(f"SIGINT: {p.returncode}\n{out}{err}")
    r = json.loads(run(lib, "--time", "0", "--corpus", "corpus/client", "--json", "--out", "killed", plant="", status=1)[0])
    if not {"odd-count", "literal"} <= {d["cause"] for d in r["disagreements"]} or r["executed"] < 100:
        fail(f"{number.name}: {r}")

# A signal to the whole group, as `timeout` sends it: the child in which a library hangs did not crash.
p = subprocess.Popen([binary, "diff", lib, "--time", "60s", "--corpus", "corpus", "--out", "group"], cwd=work, env=dict(env, PLANT="h"),
                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
time.sleep(3)
os.killpg(p.pid, signal.SIGTERM)
out, err = p.communicate(timeout=20)
if " crash " in out or "inputs compared" not in out:
    fail(f"SIGTERM to the group: {out}{err}")

# Runs that share a folder add up. A profile of another library, and a file that cannot be written, are told before the run.
run(lib, "--corpus", "corpus", "--time", "0", "--profile", "known.lua", "--out", "o3", plant="", status=0)
with open(os.path.join(work, "other.lua"), "w") as f:
    f.write('return profile { library = "plantd", known = {} }\n')
run(lib, "--corpus", "corpus", "--time", "0", "--profile", "other.lua", "--out", "o6", plant="", status=2,
    text="other.lua is of plantd, which is not in this run", lines=1)
run(lib, "--corpus", "corpus", "--time", "9s", "--json=/nonexistent/x", "--out", "o7", plant="", status=2, text="cannot write `/nonexistent/x`", lines=1)

# No room for what is found: one line, and counting goes on.
mount = os.path.join(work, "small")
os.makedirs(mount)
if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=460k", "none", mount]).returncode == 0:
    try:
        with open(os.path.join(mount, "filler"), "wb") as f:
            f.write(b"x" * 256 * 1024)
        _, err = run(lib, "--corpus", "corpus", "--time", "1s", "--out", "small/o", plant="lnod", text="No space left", lines=1)
    finally:
        subprocess.run(["umount", "-l", mount])

if not bad:
    shutil.rmtree(work)
    print("diff: ok")
sys.exit(bad)
