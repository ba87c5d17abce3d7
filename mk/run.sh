#!/bin/sh
# run.sh: what `make run` does: ten seconds of libraries beside the grammar, where their packages can be fetched; then a private
# Dovecot is judged for a minute; its profile and findings are printed.
#
# Findings do not make this fail (`imapdiff check dovecot` does, with exit status 1). Where the server's packages cannot be
# fetched, the embedded model is judged instead. TIME=30s and TARGET=dovecot:mdbox change what is run.
set -u
out=build/run
mkdir -p "$out"
target=${TARGET:-dovecot}
set -- --time "${TIME:-60s}"

# The parsers of real libraries, in this process, on inputs made from the grammar: where they part from it, and by which rule.
make --no-print-directory -s targets >"$out/targets.log" 2>&1
libraries=$(awk 'NF == 2 { print $1 }' build/targets/index 2>/dev/null)
if [ -n "$libraries" ]; then
    echo "make run: ten seconds of parsers beside the grammar: $(echo $libraries)"
    # shellcheck disable=SC2086
    build/imapdiff diff $libraries --time "${DIFF_TIME:-10s}" --quiet --json="$out/diff.json" --out "$out/diff-$$" >"$out/diff.txt" 2>&1
    status=$?
    if [ $status -le 1 ]; then
        sed '/^known by a profile/,$d; /^new$/,$d' "$out/diff.txt"
        echo "Each with its shortest input and clause: $out/diff.txt, $out/diff.json"
        echo
    else
        echo "run: imapdiff diff ended with exit status $status: $(tail -1 "$out/diff.txt")" >&2
    fi
    rm -rf "$out/diff-$$"
else
    echo "run: no library to compare with could be fetched and built here ($out/targets.log says why): that part is left out" >&2
fi

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
