#!/bin/sh
# As an ordinary user, in a copy of the checkout: the command, the sandbox, private servers and their clean-up. An ordinary user who
# runs this takes the checkout as it is.
set -u
top=$PWD
if [ "$(id -u)" != 0 ]; then
    echo "already an ordinary user: every test runs as one"
    exit 0
fi
command -v setpriv >/dev/null || { echo "no setpriv here: left out"; exit 0; }
home=$(mktemp -d "${TMPDIR:-/tmp}/ord-XXXXXX") || exit 1
trap 'rm -rf "$home"' EXIT
mkdir -p "$home/p/build/tests/lua" "$home/p/build/tests/harness" "$home/p/build/san" "$home/tmp"
cp -R lua tests "$home/p/"
cp build/imapdiff build/server-run "$home/p/build/"
cp build/san/imapdiff "$home/p/build/san/"
cp build/tests/lua/test_sandbox "$home/p/build/tests/lua/"
cp build/tests/harness/test_server "$home/p/build/tests/harness/"
[ -d build/sysroot ] && cp -R build/sysroot "$home/p/build/sysroot"
chown -R 65534:65534 "$home"
bad=0
# as STATUSES COMMAND...
as() {
    want=$1
    shift
    (cd "$home/p" && exec setpriv --reuid 65534 --regid 65534 --clear-groups env -i PATH="$PATH" HOME="$home" \
        TMPDIR="$home/tmp" IMAPDIFF_CHECK="${IMAPDIFF_CHECK-}" "$@") >"$home/out" 2>&1 </dev/null
    got=$?
    echo "|$want|" | grep -qF "|$got|" && return 0
    echo "FAILED as an ordinary user: $*: exit status $got, not $want"
    tail -n 15 "$home/out"
    bad=1
}
as 0 build/san/imapdiff check model --programs 30 --quiet
as 0 build/tests/lua/test_sandbox
if [ -d build/sysroot ]; then
    as 0 build/tests/harness/test_server
    # Dovecot and Cyrus have faults of their own: only that they can be judged is asked here.
    as '0|1' build/san/imapdiff check dovecot cyrus --scenario '' --programs 4 --quiet
    as 0 sh tests/harness/test_user_signals.sh
fi
left=$(ls -A "$home/tmp")
[ -z "$left" ] || { echo "FAILED: left: $left"; bad=1; }
[ $bad = 0 ] && echo "ordinary user: ok"
cd "$top" || exit 1
exit $bad
