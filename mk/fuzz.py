"""fuzz.py: runs fuzzers, and adds up what their runs did.

  fuzz.py run BUILD KIND NAME SECONDS    one fuzzer; grown inputs in BUILD/fuzz/NAME/corpus, what it found beside them
  fuzz.py all BUILD SECONDS KIND:NAME... all of them, as many at once as there are processors; SECONDS in all. Ends with the grid
  fuzz.py afl BUILD NAME SECONDS         AFL++: a main and a secondary instance on BUILD/fuzz/NAME/afl
  fuzz.py min BUILD NAME...              makes the grown corpora small
  fuzz.py log BUILD [1]                  totals of corpus/fuzz-log.txt and BUILD/fuzz/log.txt; 1: moves the latter into the former

Each run adds a line to BUILD/fuzz/log.txt: date, commit, fuzzer, engine, sanitizers, CPU seconds, executions, edges covered, crashes.
Exit status: 0, 1 a fuzzer found something in our own code, 2 it could not be run.
"""
import datetime
import glob
import os
import re
import shutil
import subprocess
import sys
import threading

SANITIZERS = {"fuzz": "address,undefined", "msan": "memory", "diff": "none", "afl": "none"}
ITEMS = ("id", "id_response", "clientid", "command", "response")
KEPT = "corpus/fuzz-log.txt"
lock = threading.Lock()


def say(text):
    with lock:
        print(text, flush=True)


def seeds(build, name):
    """Folders of inputs to begin with: the named seeds; for Lua the files of lua/, as the fuzzer reads them."""
    folders = [f"corpus/{name}"] if os.path.isdir(f"corpus/{name}") else []
    if name == "lua":
        made = f"{build}/fuzz/lua/seeds"
        os.makedirs(made, exist_ok=True)
        for path in glob.glob("lua/behaviour/**/*.lua", recursive=True) + glob.glob("lua/scenario/*.lua"):
            kind = b"b" if "behaviour" in path else b"s"
            with open(path, "rb") as f, open(f"{made}/{os.path.basename(path)}", "wb") as to:
                to.write(kind + f.read())
        folders.append(made)
    if name == "loop" and os.path.isdir("corpus/findings"):
        folders.append("corpus/findings") # traces are programs
    return folders


def command(build, kind, name, seconds):
    folder = f"{build}/fuzz/{name}"
    os.makedirs(f"{folder}/corpus", exist_ok=True)
    argv = [f"{build}/{kind}/bin/{name}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", f"-artifact_prefix={folder}/"]
    if kind == "diff": # a library's crash ends one child; the rest goes on
        argv += ["-fork=1", "-ignore_crashes=1", "-ignore_ooms=1", "-ignore_timeouts=1"]
    if seconds:
        argv += [f"-max_total_time={seconds}", "-print_final_stats=1", "-reload=30"]
    if os.path.exists(f"{folder}/dict"):
        argv.append(f"-dict={folder}/dict")
    return argv + [f"{folder}/corpus"] + seeds(build, name)


def last(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def commit():
    return subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip() or "-"


def cpu_of(process):
    """Waits for it; its CPU seconds with those of its children."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def note(build, kind, engine, name, cpu, executions, edges, crashes):
    line = (f"{datetime.date.today()} {commit()} {name} {engine} {SANITIZERS[kind]} "
            f"cpu={cpu:.0f} executions={executions} edges={edges} crashes={crashes}")
    with lock, open(f"{build}/fuzz/log.txt", "a") as log:
        log.write(line + "\n")
    rate = executions / cpu if cpu else 0
    say(f"fuzz: {name} ({kind}, {engine}, sanitizers: {SANITIZERS[kind]}): {executions} executions in {cpu:.0f} CPU seconds "
        f"({rate:.0f} per second), {edges} edges, {crashes} crashes")


def environment(build):
    return dict(os.environ, IMAPDIFF_TALLY=f"{build}/fuzz/tally")


def run(build, kind, name, seconds):
    """One run; the number of crashes. What it said is in BUILD/fuzz/NAME/KIND.out."""
    path = f"{build}/fuzz/{name}/{kind}.out"
    argv = command(build, kind, name, seconds)
    with open(path, "wb") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environment(build))
        cpu = cpu_of(process)
    with open(path, errors="replace") as f:
        text = f.read()
    executions = last(r"stat::number_of_executed_units: (\d+)", text) or last(r"(?m)^#(\d+)", text)
    crashes = last(r"oom/timeout/crash: \d+/\d+/(\d+)", text) if kind == "diff" else int(process.returncode != 0)
    note(build, kind, "libfuzzer", name, cpu, executions, last(r"cov: (\d+)", text), crashes)
    if crashes or process.returncode:
        shown = [l for l in text.splitlines() if re.search(r"OWN BUG|ERROR|runtime error|SUMMARY|Test unit written|cannot|left out", l)]
        say("\n".join("  " + l for l in shown[:12]) + f"\n  all of it: {path}")
    return int(process.returncode != 0) # a library's crash is no failure of ours


def run_all(build, seconds, names):
    workers = os.cpu_count() or 1
    share = max(1, seconds * workers // len(names))
    todo, bad = list(names), []

    def work():
        while True:
            with lock:
                if not todo:
                    return
                kind, name = todo.pop(0).split(":")
            try:
                if run(build, kind, name, share):
                    bad.append(name)
            except OSError as e:
                say(f"fuzz: {name} cannot be run: {e}")
                bad.append(name)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if os.path.isdir(f"{build}/fuzz/tally"):
        subprocess.run([f"{build}/fuzz-grid", f"{build}/fuzz/tally"], check=False)
    if bad:
        say(f"fuzz: our own code failed in: {' '.join(sorted(set(bad)))}")
    return 1 if bad else 0


def begin_with(build, name):
    """AFL++ wants one folder with at least one input."""
    folder = f"{build}/fuzz/{name}/afl-in"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for source in seeds(build, name):
        for path in glob.glob(f"{source}/*"):
            if os.path.isfile(path):
                shutil.copy(path, folder)
    if not os.listdir(folder):
        with open(f"{folder}/empty", "wb") as f:
            f.write(b"\r\n")
    return folder


def afl(build, name, seconds):
    out = f"{build}/fuzz/{name}/afl"
    env = dict(environment(build), AFL_NO_AFFINITY="1", AFL_SKIP_CPUFREQ="1", AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES="1", AFL_NO_UI="1",
               AFL_QUIET="1", AFL_AUTORESUME="1", AFL_IGNORE_PROBLEMS="1")
    if name in ITEMS:
        env.update(AFL_CUSTOM_MUTATOR_LIBRARY=os.path.abspath(f"{build}/afl/mutator.so"), IMAPDIFF_ITEM=name.replace("_", "-"))
    common = ["afl-fuzz", "-i", begin_with(build, name), "-o", out, "-V", str(seconds), "-t", "5000", "-G", "4096",
              "-x", f"{build}/fuzz/{name}/dict"]
    running = []
    for role, who in (("-M", "main"), ("-S", "second")):
        with open(f"{build}/fuzz/{name}/afl-{who}.out", "wb") as log:
            running.append(subprocess.Popen(common + [role, who, "--", f"{build}/afl/bin/{name}"], env=env, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL))
    cpu = sum(cpu_of(p) for p in running)
    executions = edges = crashes = 0
    for who in ("main", "second"):
        try:
            with open(f"{out}/{who}/fuzzer_stats") as f:
                stats = dict(l.split(":", 1) for l in f if ":" in l)
        except OSError:
            with open(f"{build}/fuzz/{name}/afl-{who}.out", errors="replace") as f:
                lines = [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", l).strip() for l in f if "ABORT" in l or "ERROR" in l]
            sys.exit(f"fuzz: afl-fuzz did not start: {lines[-1] if lines else '?'}; {build}/fuzz/{name}/afl-{who}.out")
        stats = {k.strip(): v.strip() for k, v in stats.items()}
        executions += int(stats["execs_done"])
        edges = max(edges, int(stats["edges_found"]))
        crashes += int(stats["saved_crashes"])
    note(build, "afl", "afl++", name, cpu, executions, edges, crashes)
    return 0 if all(p.returncode == 0 for p in running) else 2


def minimize(build, names):
    for name in names:
        grown = f"{build}/fuzz/{name}/corpus"
        if not os.path.isdir(grown):
            continue
        before = len(os.listdir(grown))
        shutil.rmtree(f"{grown}.min", ignore_errors=True)
        os.makedirs(f"{grown}.min")
        done = subprocess.run([f"{build}/fuzz/bin/{name}", "-merge=1", "-max_len=4096", f"{grown}.min", grown], capture_output=True, check=False)
        if done.returncode:
            say(f"corpus-min: {name}: {done.stderr.decode(errors='replace').splitlines()[-1]}")
            return 1
        shutil.rmtree(grown)
        os.rename(f"{grown}.min", grown)
        say(f"corpus-min: {name}: {before} inputs, now {len(os.listdir(grown))}")
    return 0


def totals(build, keep):
    mine, lines = f"{build}/fuzz/log.txt", []
    for path in (KEPT, mine):
        if os.path.exists(path):
            with open(path) as f:
                lines += [l for l in f if l.strip() and not l.startswith("#")]
    sums = {}
    for line in lines:
        words = line.split()
        values = dict(w.split("=") for w in words if "=" in w)
        s = sums.setdefault((words[4], words[2], words[3]), [0, 0.0, 0, 0, 0])
        s[0] += 1
        s[1] += float(values["cpu"]) / 3600
        s[2] += int(values["executions"])
        s[3] = max(s[3], int(values["edges"]))
        s[4] += int(values["crashes"])
    print(f"{'sanitizers':18} {'fuzzer':12} {'engine':10} {'runs':>5} {'CPU hours':>9} {'executions':>13} {'edges':>6} {'crashes':>7}")
    for (sanitizers, name, engine), s in sorted(sums.items()):
        print(f"{sanitizers:18} {name:12} {engine:10} {s[0]:5} {s[1]:9.2f} {s[2]:13} {s[3]:6} {s[4]:7}")
    for sanitizers in sorted({k[0] for k in sums}):
        of = [s for k, s in sums.items() if k[0] == sanitizers]
        print(f"{sanitizers:18} {'all':12} {'':10} {sum(s[0] for s in of):5} {sum(s[1] for s in of):9.2f} {sum(s[2] for s in of):13} {'':6} "
              f"{sum(s[4] for s in of):7}")
    if keep and os.path.exists(mine):
        with open(mine) as f, open(KEPT, "a") as to:
            to.write(f.read())
        os.remove(mine)
    return 0


def main():
    a = sys.argv[1:]
    try:
        if a[:1] == ["run"] and len(a) == 5:
            return run(a[1], a[2], a[3], int(a[4]))
        if a[:1] == ["all"] and len(a) > 3:
            return run_all(a[1], int(a[2]), a[3:])
        if a[:1] == ["afl"] and len(a) == 4:
            return afl(a[1], a[2], int(a[3]))
        if a[:1] == ["min"] and len(a) > 2:
            return minimize(a[1], a[2:])
        if a[:1] == ["log"] and len(a) in (2, 3):
            return totals(a[1], len(a) == 3)
    except OSError as e:
        print(f"fuzz: {e}", file=sys.stderr)
        return 2
    except ValueError as e:
        print(f"fuzz: TIME= must be a number of seconds: {e}", file=sys.stderr)
        return 2
    print(__doc__, file=sys.stderr)
    return 2


sys.exit(main())
