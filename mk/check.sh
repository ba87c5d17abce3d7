#!/bin/sh
# check.sh [full]: every test, from the top of the sources; ends with `N passed, N failed` and tells by its exit status.
#
# Tests are programs build/tests/*/test_*, tests/**/test_*.py and tests/**/test_*.sh, each with a time limit; then the closed
# loop (the model as a server, judged by the model as an oracle), and `make clauses`. `full` runs the long forms: it sets
# IMAPDIFF_FULL=1 for tests that have one. Logs are in build/check/. JOBS tests run at once (default: as many as there
# are processors).
set -u
out=build/check

# check.sh one NAME SECONDS WANTED COMMAND...: one test; its log and result go to build/check/NAME.*
if [ "${1-}" = one ]; then
    name=$2 seconds=$3 wanted=$4
    shift 4
    start=$(date +%s)
    timeout -k 10 "$seconds" "$@" >"$out/$name.log" 2>&1 </dev/null
    status=$?
    took=$(($(date +%s) - start))
    if [ "$status" = "$wanted" ]; then
        echo "ok" >"$out/$name.result"
        [ "$took" -lt 10 ] || echo "ok      $name (${took} s)"
    else
        echo "failed" >"$out/$name.result"
        if [ "$status" = 124 ]; then why="still running after $seconds s"; else why="exit status $status, not $wanted"; fi
        printf 'FAILED  %s: %s; %s\n' "$name" "$why" "$out/$name.log"
        tail -n 25 "$out/$name.log" | sed 's/^/        /'
    fi
    exit 0
fi

full=
[ "${1-}" = full ] && full=1 && export IMAPDIFF_FULL=1
rm -rf "$out"
mkdir -p "$out"
sh mk/packages.sh servers build >"$out/packages.out" 2>&1 || echo "check: server packages cannot be fetched: what needs them is left out"

# The list of tests: a line each, words without blanks.
list=$out/list
: >"$list"
add() { echo "$*" >>"$list"; }

# The long ones first, so that no processor waits at the end.
for f in tests/*/test_*.py; do [ -e "$f" ] && add "$(echo "$f" | tr '/' '-')" 600 0 python3 "$f"; done
for f in tests/*/test_*.sh; do [ -e "$f" ] && add "$(echo "$f" | tr '/' '-')" 600 0 sh "$f"; done
for f in tests/*/test_*.c; do
    [ -e "$f" ] || continue
    f=${f%.c}
    add "$(echo "$f" | tr '/' '-')" $((full ? 3600 : 300)) 0 "build/$f"
done

# The closed loop. A behaviour that is no fault: nothing may fail. A fault: something must.
programs=$((full ? 5000 : 300))
add loop-model 900 0 build/san/imapdiff check model --quiet --programs "$programs"
build/imapdiff list behaviours >"$out/behaviours" || echo "FAILED  imapdiff list behaviours"
while read -r name _ rest; do
    case $rest in
    "fault: "*) add "fault-$name" 900 1 build/imapdiff check "model:$name" --quiet --first --programs 2000 ;;
    *) add "loop-$name" $((full ? 3600 : 300)) 0 build/san/imapdiff check "model:$name" --quiet --programs "$programs" ;;
    esac
done <"$out/behaviours"
add clauses 120 0 make -s clauses

total=$(wc -l <"$list")
echo "check: $total tests"
start=$(date +%s)
xargs -P "${JOBS:-$(nproc)}" -L 1 sh mk/check.sh one <"$list"

passed=0 failed=0
while read -r name _; do
    if [ "$(cat "$out/$name.result" 2>/dev/null)" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done <"$list"
echo "$passed passed, $failed failed ($(($(date +%s) - start)) s)"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
