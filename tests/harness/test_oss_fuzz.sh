#!/bin/sh
# test_oss_fuzz.sh: harness/oss-fuzz/build.sh with the variables of OSS-Fuzz, and each seed corpus with what it built. The short form
# builds the lexers' fuzzer for libFuzzer; the long form (IMAPDIFF_FULL=1) all, with the address sanitizer, then for AFL++.
set -u
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/src"
ln -s "$(pwd)" "$tmp/src/imapdiff"
fail() { echo "FAILED: $*"; exit 1; }

# build ENGINE CC CXX CFLAGS
build() {
    out=$tmp/$1/out
    mkdir -p "$out" "$tmp/$1/work"
    env -u MAKEFLAGS -u MAKELEVEL SRC="$tmp/src" OUT="$out" WORK="$tmp/$1/work" CC="$2" CXX="$3" CFLAGS="$4" CXXFLAGS="$4" \
        LIB_FUZZING_ENGINE="-fsanitize=fuzzer" AFL_QUIET=1 bash harness/oss-fuzz/build.sh >"$tmp/log" 2>&1 || { tail -n 15 "$tmp/log"; fail "build.sh for $1"; }
    for name in ${NAMES:-lexers loop lua id id_response clientid command response}; do
        for file in "$name" "$name.dict" "$name.options" "${name}_seed_corpus.zip"; do
            [ -s "$out/$file" ] || fail "$1: no $file"
        done
        mkdir -p "$tmp/seeds"
        python3 -m zipfile -e "$out/${name}_seed_corpus.zip" "$tmp/seeds" || fail "$name: the zip"
        replay "$1" "$out/$name" || fail "$1: $name refuses its seed corpus"
        rm -rf "$tmp/seeds"
    done
}

# From another folder: what the fuzzer loads must be beside it.
replay() {
    case $1 in
    libfuzzer) (cd "$tmp" && "$2" -runs=0 -artifact_prefix="$tmp/" seeds) >"$tmp/log" 2>&1 ;;
    afl) (cd "$tmp" && "$2" seeds/*) >"$tmp/log" 2>&1 ;;
    esac || { grep -a 'OWN BUG\|ERROR' "$tmp/log" || tail -n 5 "$tmp/log"; return 1; }
}

if [ -n "${IMAPDIFF_FULL-}" ]; then
    build libfuzzer clang-14 clang++-14 "-O1 -g -fsanitize=address,fuzzer-no-link"
    sh mk/packages.sh fuzz || fail "AFL++'s packages"
    build afl afl-clang-fast afl-clang-fast++ "-O1"
else
    export NAMES=lexers
    build libfuzzer clang-14 clang++-14 "-O0 -fsanitize=fuzzer-no-link"
fi
echo "oss-fuzz: built, and every seed corpus replayed"
