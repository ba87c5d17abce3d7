"""fuzz.py: runs fuzzers, and adds up what their runs did.

  fuzz.py run BUILD KIND NAME SECONDS    one fuzzer; grown inputs in BUILD/fuzz/NAME/corpus, what it found beside them
  fuzz.py all BUILD SECONDS KIND:NAME... all of them, as many at once as there are processors; SECONDS in all. Ends with the grid
  fuzz.py empty BUILD MINUTES NAME...    from no corpus, MINUTES of CPU time in all: which causes of the full corpus are found, and which
                                         crashes and hangs of FINDINGS.md
  fuzz.py afl BUILD NAME SECONDS         AFL++: a main and a secondary instance on BUILD/fuzz/NAME/afl
  fuzz.py min BUILD NAME...              makes the grown corpora small
  fuzz.py log BUILD [1]                  totals of corpus/fuzz-log.txt and BUILD/fuzz/log.txt; 1: moves the latter into the former

Each run adds a line to BUILD/fuzz/log.txt: date, commit, fuzzer, engine, sanitizers, CPU seconds, executions, edges covered, crashes.
Exit status: 0, 1 a fuzzer found something in our own code, 2 it could not be run.
"""
import contextlib
import datetime
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

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


def plain_schedule(kind, name):
    """Thousands of inputs, each with features of its own: to weigh them anew takes libFuzzer longer than to run them."""
    return ["-entropic=0"] if kind == "diff" and name == "response" else []


def command(build, kind, name, seconds):
    folder = f"{build}/fuzz/{name}"
    os.makedirs(f"{folder}/corpus", exist_ok=True)
    # The sanitizer's allocator keeps what each class of sizes has had at its peak, and scripts go to the end of their memory in each.
    most = 6144 if name == "lua" else 2048
    argv = [f"{build}/{kind}/bin/{name}", "-timeout=30", f"-rss_limit_mb={most}", "-max_len=4096", f"-artifact_prefix={folder}/"]
    if kind == "diff": # a library's crash ends one child; the rest goes on
        argv += ["-fork=1", "-ignore_crashes=1", "-ignore_ooms=1", "-ignore_timeouts=1"] + plain_schedule(kind, name)
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
    before = set(artifacts(build, name))
    with open(path, "wb") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environment(build))
        cpu = cpu_of(process)
    with open(path, errors="replace") as f:
        text = f.read()
    executions = last(r"stat::number_of_executed_units: (\d+)", text) or last(r"(?m)^#(\d+)", text)
    crashes = last(r"oom/timeout/crash: \d+/\d+/(\d+)", text) if kind == "diff" else int(process.returncode != 0)
    note(build, kind, "libfuzzer", name, cpu, executions, last(r"cov: (\d+)", text), crashes)
    begun = last(r"(?m)^#(\d+)\s+INITED", text)
    if not process.returncode and seconds >= 60 and kind != "diff" and executions < (begun or executions) * 1.1:
        say(f"  {name}: almost all of the time went into the inputs that it has already: make corpus-min makes them fewer")
    if crashes or process.returncode:
        shown = [l for l in text.splitlines() if re.search(r"OWN BUG|ERROR|runtime error|SUMMARY|Test unit written|cannot|left out", l)]
        say("\n".join("  " + l for l in shown[:12]) + f"\n  all of it: {path}")
    if kind == "diff" and name in ITEMS:
        tell_apart(build, name, [f for f in artifacts(build, name) if f not in before], f"{build}/fuzz/tally")
    return int(process.returncode != 0) # a library's crash is no failure of ours


def artifacts(build, name):
    return [f for what in ("crash", "timeout", "oom") for f in glob.glob(f"{build}/fuzz/{name}/{what}-*")]


def tell_apart(build, name, files, tally):
    """What ended a fuzzer's process is no line of the grid yet: each library is asked again, watched."""
    names = linked(build)
    if not files or not names:
        return
    folder = f"{build}/fuzz/{name}/ended/{name}"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for f in files[:40]:
        shutil.copy(f, folder)
    subprocess.run([f"{build}/imapdiff", "diff", *names, "--quiet", "--item", name.replace("_", "-"), "--corpus", folder, "--time", "0",
                    "--out", tally], stdin=subprocess.DEVNULL, capture_output=True, check=False)


def linked(build):
    """Names of the libraries that fuzzers link, by the order of `imapdiff diff`."""
    return libraries(build, False)


def libraries(build, in_children):
    try:
        with open(f"{build}/targets/index") as f:
            rows = [l.split() for l in f]
    except OSError:
        rows = []
    with open("mk/targets.mk") as f:
        found = re.search(r"^TARGETS_APART *= *(.*)$", f.read(), re.M)
    targets = found.group(1).split() if found else []
    return [r[0] for r in rows if len(r) == 2 and (r[1] in targets) == in_children and not r[0].endswith("-view")]


def apart(build, seconds):
    """The libraries that live in children, under `imapdiff diff`, into the same tally."""
    names = libraries(build, True)
    if not names:
        return 0
    path = f"{build}/fuzz/apart.out"
    with open(path, "wb") as out:
        process = subprocess.Popen([f"{build}/imapdiff", "diff", *names, "--quiet", "--time", f"{seconds}s", "--seed", str(int(time.time())),
                                    "--out", f"{build}/fuzz/tally"], stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        cpu = cpu_of(process)
    good = process.returncode in (0, 1) # 1: the libraries are wrong somewhere
    say(f"fuzz: {', '.join(names)} in children, {cpu:.0f} CPU seconds" + ("" if good else f": failed, status {process.returncode}: {path}"))
    return int(not good)


def grid(build, tally):
    """On the screen what no profile knows, then the grid; all of it, with the shortest inputs, in BUILD/fuzz/grid.txt."""
    done = subprocess.run([f"{build}/fuzz-grid", tally], stdout=subprocess.PIPE, text=True, errors="replace", check=False)
    path = f"{build}/fuzz/grid.txt"
    with open(path, "w") as f:
        f.write(done.stdout)
    table, _, new = done.stdout.partition("\nnew\n")
    table, _, known = table.partition("\nknown by a profile\n")
    rows = new.splitlines()
    if rows:
        say(f"\nnew: {len(rows) // 2} kinds of disagreement that no profile knows" + (", the first 15" if len(rows) > 30 else ""))
        say("\n".join(rows[:30]))
    say("\n" + table.rstrip())
    say(f"\n{len(known.splitlines()) // 2} kinds are known by profiles; the shortest input and the rule of each: {path}")
    return int(done.returncode != 0)


def run_all(build, seconds, names):
    workers = os.cpu_count() or 1
    compare = any(n.startswith("diff:") for n in names)
    names = ["apart:libraries", *names] if compare else names
    if not compare:
        say("fuzz: no library to compare with is here: our own code alone is fuzzed")
    share = max(1, seconds * workers // len(names))
    todo, bad = list(names), []

    def work():
        while True:
            with lock:
                if not todo:
                    return
                kind, name = todo.pop(0).split(":")
            try:
                if apart(build, share) if kind == "apart" else run(build, kind, name, share):
                    bad.append(name)
            except OSError as e:
                say(f"fuzz: {name} cannot be run: {e}")
                bad.append(name)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if os.path.isdir(f"{build}/fuzz/tally") and grid(build, f"{build}/fuzz/tally"):
        bad.append("fuzz-grid")
    if bad:
        say(f"fuzz: our own code failed in: {' '.join(sorted(set(bad)))}")
    return 1 if bad else 0


# ---- from an empty corpus


def cells(build, tally):
    """What a tally holds: {"library item cause"}, and of faults {(library, place or "hang")}."""
    if not os.path.isdir(tally):
        return set(), set()
    done = subprocess.run([f"{build}/fuzz-grid", tally, "json"], stdout=subprocess.PIPE, check=True)
    rows = json.loads(done.stdout)["disagreements"]
    return ({f"{r['library']} {r['item']} {r['cause']}" for r in rows if not r["fault"]},
            {(r["library"], r["place"] if r["fault"] == "crash" else r["fault"]) for r in rows if r["fault"]})


def findings():
    """Rows of FINDINGS.md that are crashes, hangs or the like: {number: library}; and which place is which row's, as profiles say."""
    with open("FINDINGS.md") as f:
        rows = {int(n): "" for n in re.findall(r"(?m)^\| (\d+) \|.*\| (?:crash|hang|memory)(?: or \w+)?, `make replay-", f.read())}
    places = {}
    for path in glob.glob("lua/profile/*.lua"):
        library = os.path.basename(path)[:-len(".lua")]
        with open(path) as f:
            for place, row in re.findall(r'(?m)^    "([^"]+)", -- (\d+)', f.read()):
                places[library, place] = int(row)
                if int(row) in rows:
                    rows[int(row)] = library
    return rows, places


def cpu_so_far(group):
    """CPU seconds of a process group, with children that have ended."""
    ticks = 0
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as f:
                fields = f.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += sum(int(x) for x in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def from_nothing(build, name, seconds, tally):
    """One fuzzer without seeds or dictionary for so many CPU seconds; `children`: `imapdiff diff`, from an empty line for each item."""
    folder = f"{build}/fuzz/empty/{name}"
    os.makedirs(folder)
    argv = [f"{build}/diff/bin/{name}", "-max_len=4096", "-timeout=10", f"-artifact_prefix={folder}/", "-fork=1", "-ignore_crashes=1",
            "-ignore_ooms=1", "-ignore_timeouts=1", *plain_schedule("diff", name), folder]
    if name == "children":
        for item in ITEMS:
            os.makedirs(f"{folder}/{item}")
            with open(f"{folder}/{item}/line", "wb") as f:
                f.write(b"\r\n")
        argv = [f"{build}/imapdiff", "diff", *libraries(build, True), "--corpus", folder, "--time", f"{10 * seconds:.0f}s", "--quiet",
                "--out", tally]
    with open(f"{build}/fuzz/empty/{name}.out", "wb") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True,
                                   env=dict(os.environ, IMAPDIFF_TALLY=tally))
        while process.poll() is None and cpu_so_far(process.pid) < seconds:
            time.sleep(0.5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL) # the tally survives that
        process.wait()


def replayed(build, name, files, tally):
    return subprocess.run([f"{build}/diff/bin/{name}", f"-artifact_prefix={build}/fuzz/empty/", *files], stdin=subprocess.DEVNULL,
                          env=dict(os.environ, IMAPDIFF_TALLY=tally), capture_output=True, check=False).returncode == 0


def children_shown(build, name, tally):
    """What the libraries in children make of a fuzzer's corpus."""
    folders = seeds(build, name) + [d for d in [f"{build}/fuzz/{name}/corpus"] if os.path.isdir(d)]
    for folder in folders:
        subprocess.run([f"{build}/imapdiff", "diff", *libraries(build, True), "--quiet", "--item", name.replace("_", "-"), "--corpus", folder,
                        "--time", "0", "--out", tally], stdin=subprocess.DEVNULL, capture_output=True, check=False)


def empty(build, minutes, names):
    shutil.rmtree(f"{build}/fuzz/empty", ignore_errors=True)
    full, mine = f"{build}/fuzz/empty/full", f"{build}/fuzz/empty/tally"
    os.makedirs(full)
    for name in names:
        folders = seeds(build, name) + [d for d in [f"{build}/fuzz/{name}/corpus"] if os.path.isdir(d)]
        files = [f for d in folders for f in sorted(glob.glob(f"{d}/*")) if os.path.isfile(f)]
        for at in range(0, len(files), 50):
            given = files[at:at + 50]
            if not replayed(build, name, given, full): # one of them kills it: each by itself
                bad = sum(not replayed(build, name, [f], full) for f in given)
                say(f"fuzz: {name}: {bad} of its corpus end the process: a library's crash or ours")
        if libraries(build, True):
            children_shown(build, name, full)
    share = minutes * 60 / (len(names) + len(libraries(build, True)))
    for name in names:
        from_nothing(build, name, share, mine)
        have, found = cells(build, mine)
        say(f"fuzz: {name}, {share:.0f} CPU seconds from nothing: {len(have)} causes and {len(found)} places of crashes and the like so far")
    if libraries(build, True):
        from_nothing(build, "children", share * len(libraries(build, True)), mine)
    (want, _), (have, found) = cells(build, full), cells(build, mine)
    say(f"fuzz: causes (library, item, cause): {len(want & have)} of the {len(want)} that the full corpus shows, and {len(have - want)} more, "
        f"in {minutes:g} CPU minutes from nothing")
    for line in sorted(want - have):
        say(f"  missing: {line}")
    rows, places = findings()
    rows = {n: l for n, l in rows.items() if l in libraries(build, True) + linked(build)}
    seen = {places[f] for f in found if f in places}
    say(f"fuzz: crashes, hangs and the like in FINDINGS.md: {len(rows.keys() & seen)} of {len(rows)}: {' '.join(map(str, sorted(rows.keys() & seen)))}")
    for n in sorted(rows.keys() - seen):
        say(f"  missing: {n}, {rows[n]}")
    for library, place in sorted(f for f in found if f not in places):
        say(f"  in no profile: {library}: {place}")
    return int(len(want & have) < 0.9 * len(want) or not rows.keys() <= seen)


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
        if a[:1] == ["empty"] and len(a) > 3:
            return empty(a[1], float(a[2]), a[3:])
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
