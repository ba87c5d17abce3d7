#!/bin/sh
# The command line as people and scripts meet it: help, wrong words, exit statuses, full disks, signals, same seed same output.
set -u
build=$PWD/build
IMAPDIFF_LUA=${IMAPDIFF_LUA:-$PWD/lua}
export IMAPDIFF_LUA
work=$PWD/build/tests/cli
rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 1
# A copy: the build may be made anew while this runs.
cp "${IMAPDIFF:-$build/san/imapdiff}" imapdiff || exit 1
bin=$work/imapdiff
bad=0

# want STATUS TEXT COMMAND...: exit status (`0|1`: either; whether the model is at peace with its judge is not asked here), and a text that stands in the output (both streams).
want() {
    status=$1 text=$2
    shift 2
    timeout 60 "$@" >out 2>&1 </dev/null
    got=$?
    if ! echo "|$status|" | grep -qF "|$got|"; then
        echo "FAILED: $*: exit status $got, not $status"; head -20 out; bad=1
    elif ! grep -qF -e "$text" out; then
        echo "FAILED: $*: no <$text> in:"; head -20 out; bad=1
    fi
}
# One error is one line.
one_line() { [ "$(wc -l <out)" = 1 ] || { echo "FAILED: more than one line:"; cat out; bad=1; }; }

want 0 "imapdiff check" "$bin"
want 0 "Exit status:" "$bin" --help
want 0 "--programs N" "$bin" check --help
want 0 "imapdiff " "$bin" --version
want 2 'unknown command `chek` (nearest: check)' "$bin" chek; one_line
want 2 'unknown option `--sed=1` (nearest: --seed)' "$bin" check model --sed=1; one_line
want 2 'imapdiff: unknown target `dovcot` (nearest: dovecot)' "$bin" check dovcot; one_line
want 2 'expected a target' "$bin" check; one_line
want 2 '--time: expected a time' "$bin" check model --time soon; one_line
want 2 '--seed: expected a number' "$bin" check model --seed x; one_line
want 2 '--programs: expected a value' "$bin" check model --programs; one_line
want 2 '--clients: expected 1 to' "$bin" check model --clients 0; one_line
want 2 'only one of --json' "$bin" check model --json --tap; one_line
want 2 'unknown behaviour `refuse-delet` (nearest: refuse-delete)' "$bin" check model:refuse-delet
want 2 'expected behaviours separated by commas' "$bin" check model:,
want 2 'unknown word `targts` (nearest: targets)' "$bin" list targts; one_line
want 2 'unexpected word' "$bin" list targets more
want 0 'imap://user:password@host:port/' "$bin" list targets
want 0 'delete.in_use' "$bin" list choices
want 0 'refuse-delete' "$bin" list behaviours
want 0 'MAP-I3' "$bin" list clauses
want 0 'MAP-I3' "$bin" explain MAP-I3
want 2 'MAP-I' "$bin" explain "MAP-I3"3
want 2 'expected a clause' "$bin" explain; one_line
want 0 '--listen ADDR:PORT' "$bin" serve --help
want 2 'unexpected word' "$bin" serve model; one_line
want 2 'expected a command' "$bin" clients; one_line
want 0 '--front URL' "$bin" between --help
want 2 'expected --front URL' "$bin" between; one_line
want 2 'no private proxy is called "nginy"; there are nginx' "$bin" between nginy; one_line
want 0 'nginx' "$bin" list proxies
want 2 '--report: cannot write /nonexistent/r' "$bin" serve --report /nonexistent/r; one_line
want 2 'expected NAME:PASSWORD' "$bin" serve --user secret; one_line
grep -q secret out && { echo "FAILED: a password is shown"; bad=1; }

# Servers that cannot be reached, and a URL without a user.
want 3 '127.0.0.1:1' "$bin" check imap://u:p@127.0.0.1:1/ --programs 1
want 2 'expected a user' "$bin" check imap://127.0.0.1:1/
want 2 'expected a port' "$bin" check imap://u:secret@host:99999/
grep -q secret out && { echo "FAILED: a password is shown"; bad=1; }
want 3 '' "$bin" check imap://u:secret@127.0.0.1:1/
grep -q secret out && { echo "FAILED: a password is shown"; bad=1; }

# Lua files that do not do.
printf 'return behaviour {\n  nam = "x" }\n' >broken.lua
want 2 'broken.lua:' "$bin" check model:./broken.lua
want 2 'none.lua' "$bin" check model:./none.lua

# Output that cannot be written is known before the run, and one line; no password of an unknown kind of URL is shown.
want 2 '--json: cannot write /nonexistent/x.json: No such file or directory' "$bin" check model --json=/nonexistent/x.json; one_line
want 2 '--junit: cannot write /tmp: Is a directory' "$bin" check model --junit=/tmp; one_line
want 2 '--report: cannot write broken.lua: Not a directory' "$bin" check model --report broken.lua; one_line
want 2 '--report: cannot write broken.lua/x: Not a directory' "$bin" check model --report broken.lua/x; one_line
want 2 '--print-programs: cannot write /nonexistent/p' "$bin" check model --print-programs /nonexistent/p; one_line
want 2 '--json: expected a file name' "$bin" check model --json=; one_line
want 2 '--user: expected NAME:PASSWORD' "$bin" check imap://u:p@127.0.0.1:1/ --user secret; one_line
grep -q secret out && { echo "FAILED: a password is shown"; bad=1; }
want 2 'unknown target `ftp://...`' "$bin" check ftp://u:secret@h/; one_line
grep -q secret out && { echo "FAILED: a password is shown"; bad=1; }
want 2 'imapdiff: no clause has the id ""; the nearest is' "$bin" explain ''; one_line

# Names of what is not there: one line that says where, what was expected, and what is nearest.
want 2 'none of ' "$bin" check model --scenario 'cods'; one_line
want 2 '`cods` (nearest: codes)' "$bin" check model --scenario 'cods'
want 2 'none of ' "$bin" check model --scenario 'zz*'; one_line
mkdir -p empty plays
want 2 'IMAPDIFF_LUA: expected the folder with behaviour/ and scenario/; there is no folder' env IMAPDIFF_LUA="$work/emtpy" "$bin" check model; one_line
want 2 '/emtpy` (nearest: ' env IMAPDIFF_LUA="$work/emtpy" "$bin" list behaviours; one_line
want 2 'neither is in' env IMAPDIFF_LUA="$work/empty" "$bin" list scenarios; one_line
want 2 '--behaviours: expected a folder of Lua files; there is no folder `emty` (nearest: empty)' "$bin" check model --behaviours emty; one_line
want 2 '--behaviours: expected a folder of Lua files; none is in `empty`' "$bin" check model --behaviours empty; one_line
want 2 '--behaviours: expected a folder of Lua files; there is no folder' "$bin" check model --behaviours broken.lua; one_line
want 2 '--profile: expected an earlier --json=FILE: brokn.lua: No such file or directory (nearest: broken.lua)' "$bin" check model --profile brokn.lua; one_line
want 2 '--profile: broken.lua:1: expected an object as --json writes it' "$bin" check model --profile broken.lua; one_line
want 2 '--profile: ' "$bin" check model --profile empty; one_line
printf '{"findings": 1}\n' >odd.json
want 2 '--profile: odd.json: expected `profile` and `findings`' "$bin" check model --profile odd.json; one_line
want 2 'expected the folder of an earlier run: ' "$bin" check model --resume emtpy; one_line
want 2 '(nearest: empty)' "$bin" check model --resume emtpy

# Traces.
want 2 'none.trace: No such file' "$bin" replay none.trace; one_line
printf '# imapdiff trace 1\n# target: model\n\nC1: NOOP\n' >cut.trace
want 2 'cut.trace:4: the trace is truncated' "$bin" replay cut.trace; one_line
want 2 'cut.trace:4: the trace is truncated' "$bin" explain ./cut.trace; one_line
printf '# imapdiff trace 1\n# target: model\n# expect: WRONG X\n\nC1: NOOP\n# end\n' >odd.trace
want 2 'expected `# expect:' "$bin" replay odd.trace; one_line
printf 'C1: NOOP\n' >bare.trace
want 2 'names no target' "$bin" replay bare.trace; one_line
want 0 'has no `# expect:` line' "$bin" replay bare.trace model
want 2 'no response is recorded' "$bin" explain ./bare.trace; one_line
printf '# imapdiff trace 1\n# target: model\n# expect: VIOLATES MAP-I3\n\nC1: NOOP\n# end\n' >not.trace
want 0 'VIOLATES MAP-I3 came again 0 of 3 times on model' "$bin" replay not.trace --times 3
# A recorded stream is judged again: EXPUNGE inside FETCH breaks MAP-I3.
cat >expunge.trace <<'END'
# imapdiff trace 1
# target: model
# expect: VIOLATES MAP-I3

@open C1
S1: * OK [CAPABILITY IMAP4rev1] hi
C1 auto: LOGIN $user(1) $pass(1)
S1: OK in
C1: SELECT FOO
S1: * FLAGS (\Deleted)
S1: * 2 EXISTS
S1: * 0 RECENT
S1: * OK [UIDVALIDITY 7] ok
S1: OK [READ-WRITE] ok
C1: FETCH 1 (UID)
S1: * 2 EXPUNGE
S1: * 1 FETCH (UID 4)
S1: OK ok
# end
END
want 1 'VIOLATES MAP-I3' "$bin" explain ./expunge.trace

# The same seed: the same programs and, on the model, the same output. Another seed: other programs.
want '0|1' '' "$bin" check model --scenario '' --programs 40 --seed 5 --print-programs a.txt --json=a.json
mv out first
want '0|1' '' "$bin" check model --scenario '' --programs 40 --seed 5 --print-programs b.txt --json=b.json
cmp -s a.txt b.txt && cmp -s a.json b.json && cmp -s first out || { echo "FAILED: the same seed gave another output"; bad=1; }
want '0|1' '' "$bin" check model --scenario '' --programs 40 --seed 6 --print-programs c.txt
cmp -s a.txt c.txt && { echo "FAILED: another seed gave the same programs"; bad=1; }
python3 - <<'END' || { echo "FAILED: the JSON lacks something"; bad=1; }
import json
j = json.load(open("a.json"))
for k in "version target seed programs commands responses verdicts profile findings".split(): assert k in j, k
for r in j["profile"]:
    for k in "point context answer cites count".split(): assert k in r, k
for f in j["findings"]:
    for k in "id verdict cites summary seen allowed count trace".split(): assert k in f, k
assert j["seed"] == 5 and j["target"] == "model" and sum(j["verdicts"].values()) > 0
END

# So does a run with scenarios: what is repeated depends on no clock where programs are counted.
want '0|1' '' "$bin" check model --programs 20 --seed 5 --print-programs a.txt
want '0|1' '' "$bin" check model --programs 20 --seed 5 --print-programs d.txt
cmp -s a.txt d.txt || { echo "FAILED: the same seed gave other programs with scenarios"; bad=1; }

# --resume: a run in two parts has the programs of one in one part; counts and findings go on, in the same folder.
want 2 'expected the folder of an earlier run: unable to open nowhere/run.json' "$bin" check model --resume nowhere; one_line
want 2 'expected one target' "$bin" check model model --resume nowhere; one_line
want 1 '' "$bin" check model:expunge-untold --scenario '' --programs 40 --seed 5 --print-programs whole.txt --quiet
rm -r imapdiff-out
want 1 '' "$bin" check model:expunge-untold --scenario '' --programs 25 --seed 5 --print-programs part1.txt --quiet --json=part1.json
want 1 '' "$bin" check model:expunge-untold --scenario '' --programs 15 --resume imapdiff-out/model-expunge-untold-seed5 \
    --print-programs part2.txt --quiet --json=part2.json
cat part1.txt part2.txt | cmp -s - whole.txt || { echo "FAILED: --resume goes on with other programs"; bad=1; }
want 1 '40 programs' "$bin" check model:expunge-untold --scenario '' --programs 0 --resume imapdiff-out/model-expunge-untold-seed5 --json=part3.json
want 2 'is a run on model:expunge-untold' "$bin" check model --resume imapdiff-out/model-expunge-untold-seed5; one_line
python3 - <<'END' || { echo "FAILED: --resume loses something"; bad=1; }
import json, os
a, b, c = (json.load(open(f"part{i}.json")) for i in (1, 2, 3))
assert (a["programs"], b["programs"], b["generated"]) == (25, 40, 40), (a["programs"], b["programs"], b["generated"])
assert b["seed"] == 5 and b["commands"] > a["commands"] and b["responses"] > a["responses"]
of = lambda j: {f["id"]: f["count"] for f in j["findings"]}
assert of(a) and all(of(b).get(k, 0) >= n for k, n in of(a).items())
forms = lambda j: {f["form"]: f["count"] for f in j["forms"]}
assert all(forms(b).get(k, 0) >= n for k, n in forms(a).items()) and sum(forms(b).values()) > sum(forms(a).values())
for f in b["findings"]: assert os.path.exists(f["trace"]), f["trace"]
for k in b: assert b[k] == c[k], k # nothing was run: nothing changed
END
printf '{"seed": 5, "target": "model"}' >imapdiff-out/run.json
want 2 'not as this version writes it' "$bin" check model --resume imapdiff-out; one_line
printf '{"seed"' >imapdiff-out/run.json
want 2 'imapdiff-out/run.json:' "$bin" check model --resume imapdiff-out; one_line

# A finding's trace, written by the run: it replays, is judged the same offline, shrinks, and the small one does all that, too.
python3 - "$bin" <<'END' || bad=1
import json, subprocess, sys
bin = sys.argv[1]
def run(status, *args):
    p = subprocess.run([bin, *args], capture_output=True, text=True, timeout=120)
    if p.returncode != status: sys.exit(f"FAILED: {args}: exit status {p.returncode}, not {status}\n{p.stdout[-800:]}{p.stderr[-800:]}")
    return p.stdout
faults = [l.split()[0] for l in run(0, "list", "behaviours").splitlines() if " fault: " in l]
if len(faults) < 25: sys.exit(f"FAILED: {len(faults)} faults")
done = 0
for fault in faults[:: max(1, len(faults) // 6)]:
    target = "model:" + fault
    run(1, "check", target, "--scenario", "", "--first", "--quiet", "--json=fault.json")
    for f in json.load(open("fault.json"))["findings"]:
        if not f["fails"]: continue
        run(1, "shrink", f["trace"], target, "-o", "small.trace", "--times", "2")
        for trace in (f["trace"], "small.trace"):
            if "came again 2 of 2 times" not in run(1, "replay", trace, target, "--times", "2", "--quiet"):
                sys.exit(f"FAILED: {fault}: {trace} does not come again")
            if f["verdict"] + " " + f["cites"] + "  " + f["summary"] not in run(1, "explain", "./" + trace):
                sys.exit(f"FAILED: {fault}: {trace} is judged otherwise offline")
        long, small = (sum(l.startswith("C") and " auto" not in l for l in open(t)) for t in (f["trace"], "small.trace"))
        if small > long: sys.exit(f"FAILED: {fault}: {long} commands became {small}")
        print(f"{fault}: {f['cites']}: {long} commands, made small {small}")
        done += 1
if done < 6: sys.exit(f"FAILED: only {done} findings")
END

# JSON on standard output is alone there.
"$bin" check model --scenario '' --programs 5 --json --quiet 2>/dev/null | python3 -c 'import json,sys; json.load(sys.stdin)' ||
    { echo "FAILED: --json is not alone on standard output"; bad=1; }

# Full disks.
want '2|1' 'cannot write /dev/full: No space left on device' "$bin" check model --scenario '' --programs 2 --json=/dev/full --quiet
want '2|1' 'cannot write /dev/full' "$bin" check model --scenario '' --programs 2 --print-programs /dev/full --quiet
"$bin" check model --scenario '' --programs 2 >/dev/full 2>err
[ $? != 0 ] && grep -q 'cannot write to standard output: No space left on device' err || { echo "FAILED: full standard output"; cat err; bad=1; }

# A folder that cannot be made: traces are missing, the findings are still printed.
mkdir ro && cd ro && touch imapdiff-out
want '2|1' 'cannot make the folder imapdiff-out' "$bin" check model --scenario '' --programs 2
cd .. || exit 1

# A signal ends the run in order: what was found is printed.
"$bin" check model --scenario '' --time 60s >sig.out 2>sig.err &
pid=$!
sleep 2
kill -INT $pid
wait $pid
status=$?
[ $status = 3 ] || [ $status = 1 ] || { echo "FAILED: SIGINT: exit status $status, not 3"; bad=1; }
grep -q '^verdicts:' sig.out && grep -q 'stopped by a signal' sig.err || { echo "FAILED: SIGINT: no report"; head -5 sig.out sig.err; bad=1; }

[ $bad = 0 ] && echo "command line: ok"
exit $bad
