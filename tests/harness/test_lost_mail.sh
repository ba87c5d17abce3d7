#!/bin/sh
# Mail that is lost and first missed at a checkpoint (MAP-I5): a fresh look tells it from news that are late. A session
# that opens the mailbox anew must be told of every message in it; that fewer are there is VIOLATES, not DEVIATES.
set -u
bin=${IMAPDIFF:-$PWD/build/san/imapdiff}
IMAPDIFF_LUA=${IMAPDIFF_LUA:-$PWD/lua}
export IMAPDIFF_LUA
work=$PWD/build/tests/lost
rm -rf "$work"
mkdir -p "$work" || exit 1
bad=0
fail() { echo "FAILED: $*"; cat "$work/out"; bad=1; }

message() { printf '%s {15}\n  | Subject: m1\n  |\n  |\n' "$1"; }
# trace TARGET: standard input's lines as a trace that expects the loss to show
trace() {
    printf '# imapdiff trace 1\n# target: %s\n# expect: VIOLATES MAP-I5 R3501-6.3.1\n' "$1"
    cat
    echo '# end'
}
appended() { printf 'C1: CREATE FOO\nC1: SELECT FOO\n'; message 'C2: APPEND FOO'; }
copied() { printf 'C1: CREATE FOO\nC1: CREATE BAR\n'; message 'C2: APPEND FOO'; printf 'C1: SELECT BAR\nC2: SELECT FOO\nC2: COPY 1 BAR\n'; }

for f in append-loses:appended copy-loses:copied; do
    "${f#*:}" | trace "model:${f%:*}" >"$work/$f.trace"
    timeout 60 "$bin" replay "$work/$f.trace" >"$work/out" 2>&1 </dev/null
    grep -q 'came again 1 of 1 times' "$work/out" || fail "$f is not found"
    grep -q '^DEVIATES MAP-I5: at a checkpoint new messages are still untold' "$work/out" || fail "$f: missed before the checkpoint"
    timeout 60 "$bin" replay "$work/$f.trace" model >"$work/out" 2>&1 </dev/null
    grep -q '^VIOLATES' "$work/out" && fail "$f on a server that loses nothing"
done
# News that only come late are no loss.
appended | trace model:tell-expunge-late >"$work/late.trace"
timeout 60 "$bin" replay "$work/late.trace" >"$work/out" 2>&1 </dev/null
grep -q '^VIOLATES' "$work/out" && fail "late news are taken for a loss"
[ $bad = 0 ] && echo "lost mail: ok"
exit $bad
