#!/bin/sh
# run.sh: what `make run` does: a private Dovecot is judged for a minute; its profile and findings are printed.
#
# Findings do not make this fail (`imapdiff check dovecot` does, with exit status 1). Where the server's packages cannot be
# fetched, the embedded model is judged instead. TIME=30s and TARGET=dovecot:mdbox change what is run.
set -u
out=build/run
mkdir -p "$out"
target=${TARGET:-dovecot}
set -- --time "${TIME:-60s}"

case $target in
dovecot* | cyrus*)
    if ! sh mk/packages.sh servers build "${target%%:*}"; then
        echo "run: the packages of $target cannot be fetched here: judging the embedded model server instead" >&2
        target=model
        set -- --programs 500
    fi ;;
esac

build/imapdiff check "$target" "$@" --shrink --json="$out/check.json" --report "$out"
status=$?
case $status in
0) echo "make run: nothing here fails a run; \`build/imapdiff check $target\` ends with exit status 0." ;;
1) echo "make run: findings like these fail a run: \`build/imapdiff check $target\` ends with exit status 1 (make run with 0)." ;;
*) echo "run: imapdiff ended with exit status $status" >&2 ;;
esac
echo "Report: $out/index.html, $out/check.json"
[ $status -gt 1 ] && exit $status
exit 0
