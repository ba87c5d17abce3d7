#!/bin/sh
# run.sh: what `make run` does: a private Dovecot is judged for a minute; its profile and findings are printed.
#
# Findings do not make this fail (`imapdiff check dovecot` does, with exit status 1). Where the server's packages cannot be
# fetched, the embedded model is judged instead. TIME=30s and TARGET=dovecot:mdbox change what is run.
set -u
out=build/run
mkdir -p "$out"
target=${TARGET:-dovecot}
time=${TIME:-60s}
limit="--time $time"

case $target in
dovecot*|cyrus*)
    if ! sh mk/packages.sh servers build; then
        echo "run: the packages of $target cannot be fetched here: judging the embedded model server instead" >&2
        target=model limit="--programs 500"
    fi ;;
esac

# shellcheck disable=SC2086
build/imapdiff check "$target" $limit --shrink --json="$out/check.json" --report "$out"
status=$?
case $status in
0) echo "nothing here fails a run. Report: $out/index.html, $out/check.json" ;;
1) echo "these findings fail a run: \`build/imapdiff check $target\` ends with exit status 1 (make run ends with 0)."
   echo "Report: $out/index.html, $out/check.json" ;;
*) echo "run: imapdiff ended with exit status $status" >&2
   exit "$status" ;;
esac
