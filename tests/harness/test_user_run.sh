#!/bin/sh
# `make run` where no package can be fetched: it says so, judges the model, and ends with 0. And with findings: what it says of them.
set -u
top=$PWD
work=build/tests/run
rm -rf "$work"
mkdir -p "$work/build" "$work/bin" "$work/harness"
cp -R mk lua "$work/"
cp -R harness/tools "$work/harness/"
cp build/imapdiff "$work/build/"
printf '#!/bin/sh\necho "E: no network" >&2\nexit 100\n' >"$work/bin/apt-get"
chmod +x "$work/bin/apt-get"
cd "$work" || exit 1
bad=0
has() { grep -qF -e "$1" out || { echo "FAILED: no <$1> in:"; head -20 out; bad=1; }; }

env -u IMAPDIFF_SYSROOT -u IMAPDIFF_LUA PATH="$PWD/bin:$PATH" timeout 120 sh mk/run.sh >out 2>&1 </dev/null
[ $? = 0 ] || { echo "FAILED: exit status"; bad=1; }
has 'cannot be fetched here: judging the embedded model server instead'
has 'model, seed 1:'
has '0 VIOLATES'
has 'Report: build/run/index.html, build/run/check.json'
has 'delete.in_use'
[ -s build/run/index.html ] && [ -s build/run/check.json ] || { echo "FAILED: nothing written"; bad=1; }

# A target that breaks rules: the run says how to get exit status 1, and ends with 0 itself.
TARGET=model:expunge-in-fetch TIME=2s timeout 120 sh mk/run.sh >out 2>&1 </dev/null
[ $? = 0 ] || { echo "FAILED: exit status with findings"; bad=1; }
has 'VIOLATES MAP-I3'
has '`build/imapdiff check model:expunge-in-fetch` ends with exit status 1'

# One that cannot be reached.
TARGET=imap://u:p@127.0.0.1:1/ timeout 60 sh mk/run.sh >out 2>&1 </dev/null
[ $? = 3 ] || { echo "FAILED: exit status of an unreachable server"; bad=1; }
cd "$top" || exit 1
[ $bad = 0 ] && echo "make run: ok"
exit $bad
