#!/bin/sh
# check.sh [full]: every test, from the top of the sources; ends with `N passed, N failed` and tells by its exit status.
#
# Tests are programs build/tests/*/test_*, tests/*/test_*.py and tests/*/test_*.sh, each with a time limit; then the closed
# loop (the model as a server, judged by the model as an oracle) for every behaviour, every planted fault, the hostile build,
# and `make clauses`. `full` runs the long forms: it sets IMAPDIFF_FULL=1 for tests that have one. Logs are in build/check/.
# JOBS tests run at once (default: as many as there are processors). At the end no process and no temporary file may be left;
# when this is killed itself, its tests are ended too.
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
        { printf 'FAILED  %s: %s; %s\n' "$name" "$why" "$out/$name.log"
          tail -n 20 "$out/$name.log" | cut -c 1-150 | sed 's/^/        /'; } >"$out/$name.failed"
        cat "$out/$name.failed" # in one piece
    fi
    exit 0
fi

# check.sh fault NAME PROGRAMS CLAUSE...: the run must fail, and what it says is violated must be one of the clauses.
if [ "${1-}" = fault ]; then
    name=$2 programs=$3
    shift 3
    build/imapdiff check "model:$name" --quiet --programs "$programs" >"$out/fault-$name.out" 2>&1
    status=$?
    head -n 30 "$out/fault-$name.out"
    [ "$status" = 1 ] || { echo "exit status $status, not 1"; exit 1; }
    # "VIOLATES MAP-I3 MAP-I4  what happened": the ids end at two blanks.
    for clause; do
        sed -n 's/^VIOLATES \(.*\)/ \1/p' "$out/fault-$name.out" | sed 's/  .*/ /' | grep -qF " $clause " && exit 0
    done
    echo "found, but not by what it breaks: $*"
    exit 1
fi

# Processes that were started here, by a word in their environment.
mark=$$-$(date +%s)
marked() {
    for p in /proc/[0-9]*; do
        tr '\0' '\n' <"$p/environ" | grep -qxF "IMAPDIFF_CHECK=$mark" && echo "${p#/proc/}"
    done 2>/dev/null
}
end_marked() {
    for signal in TERM TERM KILL; do
        left=$(marked)
        [ -n "$left" ] || return 0
        # shellcheck disable=SC2086
        kill -s "$signal" $left 2>/dev/null
        sleep 2
    done
}

# check.sh watch PID PARENT MARK TMP: outlives what is killed, and ends what that has left.
if [ "${1-}" = watch ]; then
    trap '' INT TERM HUP
    mark=$4
    while [ -e "$out/watch-$mark" ] && kill -0 "$2" 2>/dev/null && kill -0 "$3" 2>/dev/null; do sleep 1; done
    [ -e "$out/watch-$mark" ] || exit 0
    kill "$2" 2>/dev/null
    end_marked
    rm -rf "$out/watch-$mark" "$5"
    exit 0
fi

full=
[ "${1-}" = full ] && full=1 && export IMAPDIFF_FULL=1
rm -rf "$out"
mkdir -p "$out"
sh mk/packages.sh servers build >"$out/packages.out" 2>&1 || echo "check: server packages cannot be fetched: what needs them is left out"
: >"$out/watch-$mark"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/check-XXXXXX") && chmod 1777 "$tmp" || exit 2 # as /tmp; short, since Unix sockets go there
setsid sh mk/check.sh watch $$ "$PPID" "$mark" "$tmp" >/dev/null 2>&1 </dev/null &
export IMAPDIFF_CHECK="$mark" TMPDIR="$tmp" PYTHONDONTWRITEBYTECODE=1 # a test that imports another leaves nothing beside it
trap 'exit 130' INT TERM HUP
state() { git status --porcelain 2>/dev/null; }
before=$(state)

# The list of tests: a line each, words without blanks.
list=$out/list
: >"$list"
add() { echo "$*" >>"$list"; }

# The long ones first, so that no processor waits at the end.
for f in tests/*/test_*.py; do [ -e "$f" ] && add "$(echo "$f" | tr '/' '-')" $((full ? 3600 : 600)) 0 python3 "$f"; done
for f in tests/*/test_*.sh; do [ -e "$f" ] && add "$(echo "$f" | tr '/' '-')" 600 0 sh "$f"; done
for f in tests/*/test_*.c; do
    [ -e "$f" ] || continue
    f=${f%.c}
    add "$(echo "$f" | tr '/' '-')" $((full ? 3600 : 300)) 0 "build/$f"
done

# The closed loop. A behaviour that is no fault: nothing may fail. A fault: something must.
# 300 programs with sanitizers; `full` runs 5,000 as well, without them: the judge is what they are for.
add loop-model 300 0 build/san/imapdiff check model --quiet --programs 300
build/imapdiff list behaviours >"$out/behaviours" || echo "FAILED  imapdiff list behaviours"
while read -r name _ rest; do
    case $rest in
    "fault: "*) cites=${rest##*\[}; add "fault-$name" 300 0 sh mk/check.sh fault "$name" 2000 "${cites%\]}" ;;
    *) add "loop-$name" 300 0 build/san/imapdiff check "model:$name" --quiet --programs 300 ;;
    esac
done <"$out/behaviours"
# Behind the short ones, so that no two of one name, which write into one folder, run at once.
if [ -n "$full" ]; then
    sed -n 's/^loop-\([^ ]*\) .* check \([^ ]*\) .*/long-\1 900 0 build\/imapdiff check \2 --quiet --programs 5000/p' "$list" >"$list.long"
    cat "$list.long" >>"$list"
fi
add clauses 120 0 make -s clauses

total=$(wc -l <"$list")
echo "check: $((total + 1)) tests"
start=$(date +%s)
xargs -P "${JOBS:-$(nproc)}" -L 1 sh mk/check.sh one <"$list"

# What is left. A guardian may need a moment for its folder.
result=ok
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -n "$(marked | grep -vx $$)" ] || break; sleep 1; done
for p in $(marked | grep -vx $$); do
    [ -e "/proc/$p" ] || continue
    echo "FAILED  left: process $p: $(tr '\0' ' ' <"/proc/$p/cmdline" 2>/dev/null)"
    result=failed
done
for f in "$tmp"/* "$tmp"/.[!.]*; do [ -e "$f" ] && { echo "FAILED  left: $f"; result=failed; }; done
rm -rf "$tmp"
[ "$(state)" = "$before" ] || { echo "FAILED  left: the checkout has changed:"; state; result=failed; }
echo left 0 0 >>"$list"
echo "$result" >"$out/left.result"
rm -f "$out/watch-$mark"

sed -n 's/^score: //p' "$out"/*.log
passed=0 failed=0
while read -r name _; do
    if [ "$(cat "$out/$name.result" 2>/dev/null)" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done <"$list"
echo "$passed passed, $failed failed ($(($(date +%s) - start)) s)"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
