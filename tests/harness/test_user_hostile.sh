#!/bin/sh
# The hostile build: tiny limits, sockets read octet by octet, and allocations that fail. It may give up, with one line; it may not crash,
# leak, hang or call a server faulty because memory ran out.
set -u
bin=${HOSTILE:-$PWD/build/hostile/imapdiff}
[ -x "$bin" ] || { echo "no build/hostile/imapdiff: make check builds it"; exit 1; }
IMAPDIFF_LUA=$PWD/lua
IMAPDIFF_SYSROOT=${IMAPDIFF_SYSROOT:-$PWD/build/sysroot}
export IMAPDIFF_LUA IMAPDIFF_SYSROOT
mkdir -p build/tests/hostile-build && cd build/tests/hostile-build || exit 1
bad=0 gave_up=0 ran=0
# try FAIL STATUSES COMMAND...: FAIL is IMAPDIFF_FAIL_ALLOC, or empty.
try() {
    fail=$1 want=$2
    shift 2
    IMAPDIFF_FAIL_ALLOC=$fail timeout 120 "$bin" "$@" >out 2>err </dev/null
    got=$?
    ran=$((ran + 1))
    [ $got != 0 ] && gave_up=$((gave_up + 1))
    if ! echo "|$want|" | grep -qF "|$got|" || grep -qE 'Sanitizer|runtime error' err || { [ $got -ge 2 ] && [ ! -s err ]; }; then
        echo "FAILED: IMAPDIFF_FAIL_ALLOC=$fail imapdiff $*: exit status $got, not $want"
        { head -n 25 err; head -n 5 out; } | cut -c 1-150
        bad=1
    fi
}
printf 'ID ("name" "x" "version" "1")\r\n' >id
printf 'a UID SEARCH OR (SEEN) (NOT FROM "x")\r\n' >command
printf '# imapdiff trace 1\n# target: model\n\nC1: CREATE FOO\nC1: SELECT FOO\n# end\n' >trace

try "" 0 check model --programs 30 --quiet
[ -d "$IMAPDIFF_SYSROOT/usr" ] && try "" '0|1' check dovecot --scenario '' --programs 10 --quiet
n=1
while [ $n -lt 30000 ]; do
    try $n '0|2|3' check model --scenario '' --programs 4 --quiet
    try $n '0|2|3' check model --scenario 'codes' --programs 0 --quiet --json=j.json
    n=$((n + 1 + n / 4))
done
for n in 1 2 3 4 6 9 14 20 30 45 70 100; do
    try $n '0|1|2|3' lex id id --json
    try $n '0|1|2|3' lex command command
    try $n '0|2|3' replay trace
    try $n '0|2|3' list behaviours
done
# Again and again.
for every in 900/50 3000/7 5000/1000 9000/100; do try $every '0|2|3' check model --scenario '' --programs 10 --quiet; done
[ $bad = 0 ] && echo "hostile build: ok; $ran runs, $gave_up gave up"
exit $bad
