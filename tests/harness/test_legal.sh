#!/bin/sh
# corpus/legal/: recorded traces that break no rule, though the judge once said so: it must accept them. And it does judge: the same
# trace with one more message than there can be is refused.
set -u
bin=${IMAPDIFF:-$PWD/build/san/imapdiff}
work=$PWD/build/tests/legal
rm -rf "$work" && mkdir -p "$work" || exit 1
bad=0 n=0
for f in corpus/legal/*.trace; do
    n=$((n + 1))
    "$bin" explain "$f" >"$work/out" 2>&1
    last=$(tail -n 1 "$work/out")
    case $last in *" 0 verdicts VIOLATES"*) ;; *) echo "FAILED: $f: $last"; grep -A4 VIOLATES "$work/out" | head -n 5; bad=1 ;; esac
    sed 's/^\(S[0-9]*: \* \)\([0-9]*\) EXISTS/\199 EXISTS/' "$f" >"$work/planted.trace"
    "$bin" explain "$work/planted.trace" >"$work/out" 2>&1
    case $(tail -n 1 "$work/out") in *" 0 verdicts VIOLATES"*) echo "FAILED: $f with 99 EXISTS is accepted"; bad=1 ;; esac
done
[ $n -gt 0 ] || { echo "FAILED: no trace in corpus/legal"; bad=1; }
echo "$n legal traces"
exit $bad
