#!/bin/bash -eu
# build.sh: builds the fuzzers the OSS-Fuzz / ClusterFuzzLite way: $CC, $CXX, $CFLAGS, $CXXFLAGS and $LIB_FUZZING_ENGINE make them,
# $SRC/imapdiff is compiled below $WORK, and $OUT receives NAME, NAME_seed_corpus.zip, NAME.dict, NAME.options, and what they load.
# NAMES limits it to some fuzzers (not that of views, which loads plug-ins). Libraries of harness/targets are linked where their packages are below $WORK/imapdiff/sysroot.
: "${SRC:?}" "${OUT:?}" "${WORK:?}" "${CC:?}" "${CXX:?}" "${LIB_FUZZING_ENGINE:?}"
cd "$SRC/imapdiff"
b=$WORK/imapdiff
names=${NAMES:-$(ls harness/fuzz_*.c | sed 's/.*fuzz_\(.*\)\.c/\1/' | grep -vxE 'common|differ|own|same|share|loop_mutate|view')}
goals=
for name in $names; do goals="$goals $b/oss/bin/$name $b/fuzz/$name/dict"; done
# shellcheck disable=SC2086
make B="$b" CC="${HOST_CC:-gcc}" WARN= OSS_CC="$CC" OSS_CXX="$CXX" OSS_CFLAGS="${CFLAGS-}" OSS_CXXFLAGS="${CXXFLAGS-}" \
    OSS_ENGINE="$LIB_FUZZING_ENGINE" $goals

mkdir -p "$OUT/lib"
for name in $names; do
    cp "$b/oss/bin/$name" "$OUT/"
    cp "$b/fuzz/$name/dict" "$OUT/$name.dict"
    printf '[libfuzzer]\nmax_len = 4096\ntimeout = 10\ndict = %s.dict\n' "$name" >"$OUT/$name.options"
    rm -f "$OUT/${name}_seed_corpus.zip"
    (cd corpus && python3 - "$OUT/${name}_seed_corpus.zip" "$name" <<'END'
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    for folder in [sys.argv[2]] + (["findings"] if sys.argv[2] == "loop" else []):
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            z.write(os.path.join(folder, name), name)
END
    )
    # The runner has the C library alone.
    ldd "$OUT/$name" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' |
        grep -vE '/(libc|libm|libdl|librt|libpthread|ld-linux[^/]*|libgcc_s|libstdc\+\+|libresolv)\.so' |
        while read -r so; do cp -Lu "$so" "$OUT/lib/"; done
done
rm -rf "$OUT/lib/lua" && cp -r lua "$OUT/lib/lua" # the closed loop's behaviours
