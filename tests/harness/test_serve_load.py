#!/usr/bin/env python3
"""imapdiff serve under load: of all clients a tenth is hostile (slow readers and writers, huge literals, garbage, floods of ID,
TLS handshakes that end half-way, endless lines, resets). No crash, no leak, memory bounded, and the others' median latency is less
than doubled against the same load without the hostile ones; then the sanitizer build, without the last.

40 clients for 5 s; IMAPDIFF_FULL=1: 200 for 60 s. The calm load is run before and after the hostile one, and the slower counts: other
tests of the same machine are heard in both. usage: test_serve_load.py [CLIENTS SECONDS]
"""
import json, os, re, signal, subprocess, sys, threading

FULL = os.environ.get("IMAPDIFF_FULL", "0") not in ("", "0")
CLIENTS, SECONDS = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (200, 60) if FULL else (40, 5)
HOSTILE = max(CLIENTS // 10, 8)  # each kind at least once
LOAD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "serve_load.py")
ENV = dict(os.environ, IMAPDIFF_LUA=os.path.abspath("lua"), ASAN_OPTIONS="quarantine_size_mb=64:" + os.environ.get("ASAN_OPTIONS", ""))
MIB = {"build/imapdiff": 512, "build/san/imapdiff": 1536}  # of one process: 256 may wait to be read, 256 may be commands (host.c)
NOISE = 0.001 if FULL else 0.004  # s: below it a median is the scheduler's, not the server's; beside other tests it is more
wrong = []
started = []


def check(ok, what):
    if not ok:
        wrong.append(what)
        print("FAILED", what, flush=True)


class Serve:
    def __init__(self, binary):
        self.binary, self.peak, self.ends = binary, 0, threading.Event()
        self.p = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0"], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(self.p)
        self.ports = re.findall(r"://127\.0\.0\.1:(\d+)/", self.p.stdout.readline())
        self.watch = threading.Thread(target=self.memory, daemon=True)
        self.watch.start()

    def rss(self):
        try:
            with open("/proc/%d/status" % self.p.pid, encoding="ascii") as f:
                return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) // 1024
        except (OSError, AttributeError):
            return 0

    def memory(self):
        while not self.ends.wait(0.2):
            self.peak = max(self.peak, self.rss())

    def end(self):
        check(self.p.poll() is None, "%s ended under load: %s" % (self.binary, self.p.returncode))
        last = self.rss()
        self.ends.set()
        self.watch.join()
        self.p.terminate()
        try:
            _, err = self.p.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.p.kill()
            _, err = self.p.communicate()
        check(self.p.returncode == 0 and not err, "%s: exit status %s: %s" % (self.binary, self.p.returncode, err[-3000:]))
        check(0 < self.peak <= MIB[self.binary], "%s took %d MiB" % (self.binary, self.peak))
        return last


def load(server, what, clients, seed):
    p = subprocess.Popen([sys.executable, LOAD, what, *server.ports, str(clients), str(SECONDS), str(seed)], stdout=subprocess.PIPE, text=True)
    started.append(p)
    return p


def result(process):
    out, _ = process.communicate(timeout=SECONDS + 240)
    return json.loads(out)


def calm_alone(server, seed):
    r = result(load(server, "calm", CLIENTS - HOSTILE, seed))
    check(not r["wrong"] and r["commands"] >= (CLIENTS - HOSTILE) * SECONDS // 10, "calm load: %s" % r)
    return r


def both(server, seed):
    hostile = load(server, "hostile", HOSTILE, seed)
    calm = result(load(server, "calm", CLIENTS - HOSTILE, seed))
    other = result(hostile)
    check(not calm["wrong"] and calm["commands"] >= (CLIENTS - HOSTILE) * SECONDS // 10, "calm load beside hostile clients: %s" % calm)
    check(not other["wrong"] and len(other["counts"]) == 8, "hostile clients: %s" % other)
    return calm, other


def doubled(alone, beside):
    return beside >= 2 * max(alone, NOISE)


def compare(server):
    """Three times the load; again where the median doubled, since another test may have taken the processors meanwhile."""
    for attempt in range(4):
        before = calm_alone(server, 10 * attempt + 1)
        beside, other = both(server, 10 * attempt + 2)
        after = calm_alone(server, 10 * attempt + 3)
        alone = max(before["median"], after["median"])
        if wrong or not doubled(alone, beside["median"]):
            break
    check(not doubled(alone, beside["median"]), "the median latency grew from %.2f ms to %.2f ms" % (alone * 1e3, beside["median"] * 1e3))
    return ("%d clients, %d hostile, %d s: median %.2f ms alone (%.2f, %.2f), %.2f ms beside hostile ones (p99 %.0f and %.0f ms); %d commands"
            % (CLIENTS, HOSTILE, SECONDS, alone * 1e3, before["median"] * 1e3, after["median"] * 1e3, beside["median"] * 1e3,
               before["p99"] * 1e3, beside["p99"] * 1e3, beside["commands"])), other


def proves_itself(server):
    """A server that is stopped most of the time is seen to be slow."""
    alone, ends = calm_alone(server, 5), threading.Event()

    def stops():
        while not ends.wait(0.02):
            server.p.send_signal(signal.SIGSTOP)
            ends.wait(0.3)
            server.p.send_signal(signal.SIGCONT)

    thread = threading.Thread(target=stops)
    thread.start()
    try:
        slow = result(load(server, "calm", CLIENTS - HOSTILE, 6))
    finally:
        ends.set()
        thread.join()
    check(doubled(alone["median"], slow["median"]), "a server that is stopped most of the time: %.2f ms, %.2f ms" % (alone["median"] * 1e3, slow["median"] * 1e3))


def main():
    server = Serve("build/imapdiff")
    text, other = compare(server)
    last = server.end()
    print("score: %s; %d MiB at most, %d at the end" % (text, server.peak, last))
    print("hostile sessions: %s" % other["counts"], flush=True)
    server = Serve("build/san/imapdiff")
    beside, _ = both(server, 4)
    server.end()
    print("with sanitizers: median %.2f ms, %d commands, %d MiB at most" % (beside["median"] * 1e3, beside["commands"], server.peak))
    if not FULL:
        server = Serve("build/imapdiff")
        proves_itself(server)
        server.end()
    print("serve_load: %s" % ("%d failed" % len(wrong) if wrong else "ok"))
    return bool(wrong)


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        for p in started:
            p.kill()
