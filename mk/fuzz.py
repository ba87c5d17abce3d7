"""fuzz.py: runs fuzzers, and adds up what their runs did.

  fuzz.py run BUILD KIND NAME SECONDS   one fuzzer; grown inputs in BUILD/fuzz/NAME/corpus, what it found beside them
  fuzz.py all BUILD SECONDS NAME...     all of them, as many at once as there are processors; SECONDS in all
  fuzz.py log BUILD [1]                 totals of corpus/fuzz-log.txt and BUILD/fuzz/log.txt; 1: moves the latter into the former

Each run adds a line to BUILD/fuzz/log.txt: date, commit, fuzzer, engine, sanitizers, CPU seconds, executions, edges covered, crashes.
Exit status: 0, 1 a fuzzer found something in our own code, 2 it could not be run.
"""
import datetime
import os
import re
import resource
import subprocess
import sys
import threading

SANITIZERS = {"fuzz": "address,undefined", "msan": "memory", "diff": "none"}
KEPT = "corpus/fuzz-log.txt"
lock = threading.Lock()


def say(text):
    with lock:
        print(text, flush=True)


def command(build, kind, name, seconds):
    folder = f"{build}/fuzz/{name}"
    os.makedirs(f"{folder}/corpus", exist_ok=True)
    argv = [f"{build}/{kind}/bin/{name}", f"-max_total_time={seconds}", "-print_final_stats=1", "-timeout=10",
            "-rss_limit_mb=2048", "-max_len=4096", "-reload=30", f"-artifact_prefix={folder}/"]
    if os.path.exists(f"{folder}/dict"):
        argv.append(f"-dict={folder}/dict")
    argv.append(f"{folder}/corpus")
    if os.path.isdir(f"corpus/{name}"):
        argv.append(f"corpus/{name}")
    return argv


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


def run(build, kind, name, seconds):
    """One run: (executions, edges, crashes). What it said is in BUILD/fuzz/NAME/KIND.out."""
    path = f"{build}/fuzz/{name}/{kind}.out"
    try:
        argv = command(build, kind, name, seconds)
        with open(path, "wb") as out:
            process = subprocess.Popen(argv, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
            cpu = cpu_of(process)
    except OSError as e:
        sys.exit(f"fuzz: {name} cannot be run: {e}")
    with open(path, errors="replace") as f:
        text = f.read()
    executions, edges = last(r"stat::number_of_executed_units: (\d+)", text), last(r"cov: (\d+)", text)
    executions = executions or last(r"#(\d+)", text)
    crashes = 0 if process.returncode == 0 else 1
    line = (f"{datetime.date.today()} {commit()} {name} libfuzzer {SANITIZERS[kind]} "
            f"cpu={cpu:.0f} executions={executions} edges={edges} crashes={crashes}")
    with lock, open(f"{build}/fuzz/log.txt", "a") as log:
        log.write(line + "\n")
    rate = executions / cpu if cpu else 0
    say(f"fuzz: {name} ({SANITIZERS[kind]}): {executions} executions in {cpu:.0f} CPU seconds ({rate:.0f} per second), "
        f"{edges} edges covered, {'exit status %d' % process.returncode if crashes else 'nothing found'}")
    if crashes:
        shown = [l for l in text.splitlines() if re.search(r"OWN BUG|ERROR:|runtime error|SUMMARY|Test unit written|artifact", l)]
        say("\n".join("  " + l for l in shown[:12]) + f"\n  all of it: {path}")
    return crashes


def run_all(build, seconds, names):
    workers = os.cpu_count() or 1
    share = max(1, seconds * workers // len(names))
    todo, bad = list(names), []

    def work():
        while True:
            with lock:
                if not todo:
                    return
                name = todo.pop(0)
            if run(build, "fuzz", name, share):
                bad.append(name)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return len(bad)


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
        s = sums.setdefault((words[4], words[2], words[3]), [0.0, 0, 0, 0, 0])
        s[0] += float(values["cpu"])
        s[1] += int(values["executions"])
        s[2] = max(s[2], int(values["edges"]))
        s[3] += int(values["crashes"])
        s[4] += 1
    print(f"{'sanitizers':20} {'fuzzer':14} {'engine':10} {'runs':>5} {'CPU hours':>9} {'executions':>13} {'edges':>6} {'crashes':>7}")
    for (sanitizers, name, engine), s in sorted(sums.items()):
        print(f"{sanitizers:20} {name:14} {engine:10} {s[4]:5} {s[0] / 3600:9.2f} {s[1]:13} {s[2]:6} {s[3]:7}")
    for sanitizers in sorted({k[0] for k in sums}):
        print(f"{sanitizers:20} {'all':14} {'':10} {sum(s[4] for k, s in sums.items() if k[0] == sanitizers):5} "
              f"{sum(s[0] for k, s in sums.items() if k[0] == sanitizers) / 3600:9.2f}")
    if keep and os.path.exists(mine):
        with open(mine) as f, open(KEPT, "a") as to:
            to.write(f.read())
        os.remove(mine)
    return 0


def main():
    a = sys.argv[1:]
    if a[:1] == ["run"] and len(a) == 5:
        return run(a[1], a[2], a[3], int(a[4]))
    if a[:1] == ["all"] and len(a) > 3:
        return 1 if run_all(a[1], int(a[2]), a[3:]) else 0
    if a[:1] == ["log"] and len(a) in (2, 3):
        return totals(a[1], len(a) == 3)
    print(__doc__, file=sys.stderr)
    return 2


sys.exit(main())
