"""bench_imaptest.py: our commands per second on Dovecot beside those of ImapTest (the program that IMAPTEST names).

  bench_imaptest.py BUILD     adds its row to BUILD/bench.json

ImapTest runs on a private Dovecot of its own, set up as the one that was driven before, with as many clients and its default mix of
commands, which has logins. It ends with "Totals:", the names of the states, their probabilities, and last a line of counts.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

from bench_fuzz import note, row, rows

OURS, NAME, REACH, CLIENTS, SECONDS = "driving Dovecot, 10 clients, every check on", "ImapTest on the same server", 2, 10, 12
MESSAGE = "From a@example.org Thu Jan  1 00:00:00 2026\nFrom: a@example.org\nSubject: imapdiff bench\n\nbody\n\n"


def commands(text):
    """The sum of the counts behind "Totals:", or None: the last line that holds numbers alone."""
    _, found, totals = text.partition("Totals:")
    counts = [l for l in totals.splitlines() if re.fullmatch(r"[\d ]*\d[\d ]*", l)]
    return sum(int(n) for n in counts[-1].split()) if found and counts else None


def measure(build, program):
    """Commands per second, or why there are none."""
    server = subprocess.Popen([f"{build}/server-run", "dovecot"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        words = server.stdout.readline().split()
        if len(words) < 5:
            return None, "no private Dovecot here"
        host, port, _, user, password = words
        with tempfile.NamedTemporaryFile("w", dir=build, suffix=".mbox") as mbox:
            mbox.write(MESSAGE * 20)
            mbox.flush()
            argv = [program, f"host={host}", f"port={port}", f"user={user}", f"pass={password}", f"mbox={os.path.abspath(mbox.name)}",
                    f"clients={CLIENTS}", f"secs={SECONDS}", "seed=1"]
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=SECONDS + 60)
        count = commands(done.stdout)
        if not count:
            last = (done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()[-1]
            return None, f"{program} counted no commands: {last[:120]}"
        return count / SECONDS, ""
    except (OSError, subprocess.TimeoutExpired) as e:
        return None, str(e)
    finally:
        server.stdin.close()
        server.wait()


def main(build):
    program, path = os.environ.get("IMAPTEST"), f"{build}/bench.json"
    with open(path) as f:
        before = json.load(f)
    ours = next((r["value"] for r in before if r["name"] == OURS), None)
    theirs, why = measure(build, program) if program else (None, "IMAPTEST names no imaptest here")
    if theirs and ours:
        row(NAME, theirs, "commands/s (wall)")
        row("driving Dovecot beside ImapTest", ours / theirs, "times as fast", reach=REACH)
    else:
        note(NAME, why or "we were not measured")
    with open(path, "w") as f:
        json.dump(before + rows, f, indent=1)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: bench_imaptest.py BUILD")
    main(sys.argv[1])
