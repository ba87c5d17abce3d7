#!/bin/sh
# bench.sh: measurements beside the design's figures; build/bench.json holds them.
set -u
sh mk/packages.sh servers build >/dev/null 2>&1 || echo "bench: no server packages: the driver is not measured"
build/bench build/bench.json lua/behaviour || exit
python3 -B mk/bench_imaptest.py build || exit
exec python3 -B mk/bench_fuzz.py build
