#!/bin/sh
# test_corpus.sh: every named seed through its fuzzer, and a bounded number of fresh inputs for each of our own parsers: no crash, no
# leak, no disagreement with ourselves. The inputs are the same each time.
set -u
failed=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# one FUZZER WHAT ARGUMENTS...: must end with 0
one() {
    fuzzer=$1 what=$2
    shift 2
    if ! "build/$fuzzer" -artifact_prefix="$tmp/" -timeout=20 "$@" >"$tmp/out" 2>&1; then
        echo "FAILED: $fuzzer, $what:"
        grep -aE 'OWN BUG|ERROR|runtime error|SUMMARY|Test unit' "$tmp/out" || tail -n 3 "$tmp/out"
        failed=1
    fi
}

runs() {
    case $1 in
    loop) echo 60 ;;
    lua) echo 400 ;;
    lexers) echo 15000 ;;
    *) echo 3000 ;;
    esac
}

for source in harness/fuzz_*.c; do
    grep -q 'LLVMFuzzerTestOneInput\|FUZZ_ITEM(ITEM' "$source" || continue
    name=${source#harness/fuzz_}
    name=${name%.c}
    [ "$name" = common ] && continue
    [ -x "build/fuzz/bin/$name" ] || { echo "FAILED: build/fuzz/bin/$name is not built"; failed=1; continue; }
    seeds=
    [ -d "corpus/$name" ] && seeds=corpus/$name
    [ "$name" = loop ] && seeds="$seeds corpus/findings corpus/legal"
    # shellcheck disable=SC2086
    [ -z "$seeds" ] || one "fuzz/bin/$name" "its corpus" -runs=0 $seeds
    mkdir -p "$tmp/grown-$name"
    one "fuzz/bin/$name" "fresh inputs" -seed=1 -runs="$(runs "$name")" -max_len=2048 "$tmp/grown-$name"
done
one msan/bin/lexers "its corpus" -runs=0 corpus/lexers
mkdir -p "$tmp/grown"
one msan/bin/lexers "fresh inputs" -seed=1 -runs=8000 -max_len=2048 "$tmp/grown"
[ $failed = 0 ] && echo "corpus: all seeds and fresh inputs agree"
exit $failed
