"""bench_fuzz.py: executions per CPU second of the fuzzers that compare libraries, and the reference's share of one.

  bench_fuzz.py BUILD     adds its rows to BUILD/bench.json; shows where the time goes where a figure is not met

An execution asks every in-process library that reads such an input. CPU seconds are those of the engine and all its children. The
inputs begin with corpus/NAME, and what is grown stays in memory: a run that goes on writes no files.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

FUZZERS = ("id", "id_response", "clientid", "command", "response")
RUNS, REPEATS, AFL_SECONDS = 600000, 4, 10 # at first every new kind of disagreement is made short: not the steady state
REACH, SHARE = 60000, 5
PROTOTYPE = 50000 # what a prototype with four libraries reached; measured elsewhere
rows = []


def row(name, value, unit, against=None, yardstick="", reach=None, less=False):
    ratio = (against / value if less else value / against) if against else None
    met = None if reach is None else value <= reach if less else value >= reach
    rows.append({"name": name, "value": value, "unit": unit, "against": against, "ratio": ratio, "reach": reach, "reach_of": "value", "met": met})
    text = f"{name:<58} {value:12.4g} {unit:<16}"
    if against:
        text += f" {ratio:8.3g} x {yardstick}"
    if reach is not None:
        text += f"  reach {'<=' if less else '>='} {reach:.4g}: {'met' if met else 'NOT met'}"
    print(text, flush=True)


def note(name, why):
    print(f"{name:<58} not measured: {why}", flush=True)
    rows.append({"name": name, "value": None, "unit": "", "against": None, "ratio": None, "reach": None, "met": None, "why": why})


def libfuzzer(build, name, folder, seed):
    seeds = f"{folder}/{name}.seeds"
    with open(seeds, "w") as f:
        f.write(",".join(sorted(glob.glob(f"corpus/{name}/*"))))
    return [f"{build}/diff/bin/{name}", f"-runs={RUNS}", f"-seed={seed}", "-max_len=4096", "-print_funcs=0", f"-artifact_prefix={folder}/",
            f"-seed_inputs=@{seeds}"] + (["-entropic=0"] if name == "response" else []) # as mk/fuzz.py


def run(argv, folder, **more):
    """What it said, and its CPU seconds; None if a library crashed."""
    env = dict(os.environ, IMAPDIFF_TALLY=f"{folder}/tally", **more)
    with open(f"{folder}/said", "wb") as said:
        p = subprocess.Popen(argv, stdout=said, stderr=said, stdin=subprocess.DEVNULL, env=env)
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    with open(f"{folder}/said", errors="replace") as f:
        text = f.read()
    return text, None if p.returncode else usage.ru_utime + usage.ru_stime


def best_rate(build, name, folder, repeats):
    best = 0
    for seed in range(1, repeats + 1):
        text, cpu = run(libfuzzer(build, name, folder, seed), folder)
        if cpu:
            best = max(best, RUNS / cpu)
        else:
            why = [l for l in text.splitlines() if "SUMMARY" in l or "ERROR" in l] or text.splitlines()[-1:]
            print(f"  {name}, seed {seed}, ended early: {why[-1][:150] if why else 'it said nothing'}")
    return best


shares = {}


def share(build, name, folder):
    """Samples in the reference, and all. Those of each library are kept for show_shares()."""
    text, cpu = run(libfuzzer(build, name, folder, 1), folder, IMAPDIFF_SHARE="1")
    found = re.findall(r"(?m)^([a-z-]+): (\d+) of (\d+) samples$", text)
    if not cpu or not found:
        return 0, 0
    shares[name] = dict({who: int(n) for who, n, _ in found}, all=int(found[0][2]))
    return shares[name]["reference"], int(found[0][2])


def show_shares(build, name, folder):
    """Where the CPU time of a fuzzer goes: what stops a figure that is not met."""
    if name not in shares:
        share(build, name, folder)
    parts = shares.get(name)
    if not parts:
        print(f"  the fuzzer {name}: no profile, its run ended early")
        return
    total = parts["all"]
    rest = 100 * (1 - sum(v for k, v in parts.items() if k != "all") / total)
    each = [f"{k} {100 * v / total:.0f} %" for k, v in sorted(parts.items(), key=lambda kv: -kv[1]) if k != "all"]
    print(f"  the fuzzer {name}, where its CPU time goes: {', '.join(each)}; the engine, the mutator and the search for causes {rest:.0f} %")


def by_libfuzzer(build, folder):
    rates = {}
    for name in FUZZERS:
        if not os.path.exists(f"{build}/diff/bin/{name}"):
            note(f"differential fuzzing, {name}, libFuzzer", "it is not built")
            continue
        rates[name] = best_rate(build, name, folder, REPEATS if name.startswith("id") else 1)
        if rates[name]:
            row(f"differential fuzzing, {name}, libFuzzer", rates[name], "1/CPU s", reach=REACH if name.startswith("id") else None)
        else:
            note(f"differential fuzzing, {name}, libFuzzer", f"a library crashes within {RUNS} runs")
    if rates.get("id") and rates.get("id_response"):
        # Strictly: an execution that asks all in-process libraries, those of commands and those of responses.
        row("differential fuzzing, all libraries on each input", 1 / (1 / rates["id"] + 1 / rates["id_response"]), "1/CPU s", PROTOTYPE,
            "a prototype, measured elsewhere", REACH)
        inside, samples = (sum(v) for v in zip(share(build, "id", folder), share(build, "id_response", folder)))
        if samples:
            row("the reference's share of a differential execution", 100 * inside / samples, "%", reach=SHARE, less=True)
        else:
            note("the reference's share of a differential execution", "no samples were taken")


def session_cpu(session):
    """CPU seconds of a session's processes and their ended children."""
    ticks = 0
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            ticks += sum(int(t) for t in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def by_afl(build, name, folder):
    what = f"differential fuzzing, {name}, AFL++ (persistent)"
    if not shutil.which("afl-fuzz") or not os.path.exists(f"{build}/afl/bin/{name}"):
        note(what, "AFL++ is not installed, or the fuzzer not built for it")
        return 0
    env = dict(os.environ, AFL_NO_AFFINITY="1", AFL_SKIP_CPUFREQ="1", AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES="1", AFL_NO_UI="1", AFL_QUIET="1",
               IMAPDIFF_TALLY=f"{folder}/tally-afl", AFL_CUSTOM_MUTATOR_LIBRARY=os.path.abspath(f"{build}/afl/mutator.so"),
               IMAPDIFF_ITEM=name.replace("_", "-"))
    argv = ["afl-fuzz", "-i", f"corpus/{name}", "-o", f"{folder}/afl-{name}", "-V", str(AFL_SECONDS), "-t", "5000", "-G", "4096", "--",
            f"{build}/afl/bin/{name}"]
    cpu = 0
    with open(f"{folder}/said", "wb") as said:
        p = subprocess.Popen(argv, stdout=said, stderr=said, stdin=subprocess.DEVNULL, env=env, start_new_session=True)
        while p.poll() is None: # the forkserver is killed, not waited for: its time is read while it lives
            cpu = max(cpu, session_cpu(p.pid))
            time.sleep(0.1)
    try:
        with open(f"{folder}/afl-{name}/default/fuzzer_stats") as f:
            executions = int(re.search(r"execs_done\s*:\s*(\d+)", f.read())[1])
    except (OSError, TypeError):
        with open(f"{folder}/said", errors="replace") as f:
            lines = [l for l in f.read().splitlines() if l.strip()]
        note(what, f"afl-fuzz did not start: {lines[-1] if lines else '?'}")
        return 0
    row(what, executions / cpu, "1/CPU s", reach=REACH)
    return executions / cpu


def profile(what, argv, folder):
    """Where the time of a figure that is not met goes."""
    if not shutil.which("perf"):
        print(f"  {what}: no profile by function, perf is not installed")
        return
    data = f"{folder}/perf.data"
    subprocess.run(["perf", "record", "-q", "-o", data, "--"] + argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=".", check=False)
    text = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "--percent-limit", "2"], capture_output=True, text=True,
                          check=False).stdout
    print(f"  {what}: where the time goes")
    for line in [l for l in text.splitlines() if l.strip() and not l.startswith("#")][:12]:
        print("   " + line[:110].rstrip())


def main(build):
    folder = tempfile.mkdtemp(prefix="imapdiff-bench-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    path = f"{build}/bench.json"
    try:
        with open(path) as f:
            before = json.load(f)
    except (OSError, ValueError):
        before = []
    try:
        by_libfuzzer(build, folder)
        afl = [by_afl(build, name, folder) for name in ("id", "id_response")]
        if all(afl):
            row("differential fuzzing, all libraries on each input, AFL++", 1 / sum(1 / r for r in afl), "1/CPU s")
        if any(r["met"] is False and r["name"].startswith("lex ") for r in before):
            profile("lexers and libraries", [f"{build}/bench", f"{folder}/lex.json", "lua/behaviour", "lex"], folder)
        if any(r["met"] is False for r in rows):
            for name in ("id", "id_response"):
                show_shares(build, name, folder)
                profile(f"the fuzzer {name}", libfuzzer(build, name, folder, 1), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with open(path, "w") as f:
        json.dump(before + rows, f, indent=1)
    print(f"written: {path}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: bench_fuzz.py BUILD")
    main(sys.argv[1])
