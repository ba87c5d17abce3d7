#!/bin/sh
# A run on a private server that is interrupted, ended or killed: no process and no folder stays; what was found is printed.
set -u
bin=$PWD/build/san/imapdiff
IMAPDIFF_LUA=$PWD/lua
IMAPDIFF_SYSROOT=${IMAPDIFF_SYSROOT:-$PWD/build/sysroot}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/sig-XXXXXX") && chmod 755 "$tmp" || exit 1
TMPDIR=$tmp
export IMAPDIFF_LUA IMAPDIFF_SYSROOT TMPDIR
trap 'rm -rf "$tmp"' EXIT
mkdir -p build/tests/signals
cd build/tests/signals || exit 1
bad=0
fail() { echo "FAILED: $*"; bad=1; }

# Processes whose environment names a folder in $tmp: the servers'; and guardians, which have it open as an argument.
left() {
    for p in /proc/[0-9]*; do
        if tr '\0' '\n' <"$p/environ" | grep -q "^IMAPDIFF_INSTANCE=$tmp/" || tr '\0' '\n' <"$p/cmdline" | grep -qxF "$tmp"; then
            echo "${p#/proc/}"
        fi
    done 2>/dev/null
}
folders() { ls -A "$tmp"; }
# until SECONDS COMMAND: the command's output becomes not empty (`until`) or empty (`gone`).
until_some() { i=0; while [ -z "$($2)" ]; do i=$((i + 1)); [ $i -gt $(($1 * 5)) ] && return 1; sleep 0.2; done; }
until_none() { i=0; while [ -n "$($2)" ]; do i=$((i + 1)); [ $i -gt $(($1 * 5)) ] && return 1; sleep 0.2; done; }

"$bin" check dovecot --scenario '' --programs 1 --quiet >out 2>&1
[ $? -le 1 ] || { cat out; grep -q 'packages' out && { echo "no private server here: left out"; exit 0; }; exit 1; }

for server in dovecot cyrus; do
    for signal in INT TERM KILL; do
        "$bin" check $server --scenario '' --time 60s >out 2>err &
        pid=$!
        until_some 30 folders || fail "$server: no folder in $tmp"
        [ $signal = KILL ] || sleep 4 # some programs
        kill -s $signal $pid
        wait $pid
        status=$?
        case $signal-$status in
        KILL-137 | INT-1 | INT-3 | TERM-1 | TERM-3) ;;
        *) fail "$server, SIG$signal: exit status $status"; tail -5 err ;;
        esac
        [ $signal = KILL ] || grep -q '^verdicts:' out || fail "$server, SIG$signal: no report"
        until_none 20 left || fail "$server, SIG$signal: processes left: $(left)"
        until_none 20 folders || fail "$server, SIG$signal: left in $tmp: $(folders)"
    done
done
[ $bad = 0 ] && echo "signals: ok"
exit $bad
