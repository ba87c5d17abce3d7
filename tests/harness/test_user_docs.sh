#!/bin/sh
# README, ARCHITECTURE, CONTRIBUTING and FINDINGS name only what is there: files, make targets, imapdiff's words, clauses, behaviours; and
# README's sample commands run.
set -u
bad=0
fail() { echo "FAILED: $*"; bad=1; }
docs="README.md ARCHITECTURE.md CONTRIBUTING.md FINDINGS.md"
IMAPDIFF_LUA=$PWD/lua
export IMAPDIFF_LUA
bin=$PWD/build/san/imapdiff
work=build/tests/docs
rm -rf "$work" && mkdir -p "$work" || exit 1

for doc in $docs; do
    [ -r "$doc" ] || { fail "no $doc"; continue; }
    # Paths in `...` and in links. <layer>, NAME, NN- and … stand for something; * is a glob.
    { grep -o '`[^`]*`' "$doc" | tr -d '`'; grep -o '](\([^)#]*\))' "$doc" | sed 's/](\(.*\))/\1/'; } |
        grep -E '^(grammar|model|harness|lua|tests|mk|corpus|\.ci)/[^ ]*$|^[A-Z]+\.md$|^LICENSE$' | grep -vE '[<…]|NAME|\{' | sort -u |
        while read -r path; do
            # shellcheck disable=SC2086
            ls -d $path >/dev/null 2>&1 || echo "$doc names $path, which is not there"
        done >"$work/missing"
    [ ! -s "$work/missing" ] || { cat "$work/missing"; bad=1; }
    # Targets: `make X`, and at the beginning of a line of a sample.
    for target in $({ grep -o '`make [A-Za-z/_-]*' "$doc"; grep -o '^make [a-z-]*' "$doc"; } | sed 's/.*make //' | sort -u); do
        [ "$target" = replay- ] && target=replay-1
        make -n "$target" >"$work/out" 2>&1 || fail "$doc names make $target, which is not there"
    done
    # Clauses.
    for id in $(grep -oE '\b(ID|CID|MAP)-[0-9I][0-9.]*[a-z0-9.-]*\b|\bT-(ID|CID|MAP)-[0-9]+\b' "$doc" | grep -v '00$\|01$' | sort -u); do
        grep -q "\"$id\"" grammar/clauses.def || fail "$doc cites $id, which is no clause"
    done
    grep -nE '\.\./shared|issue [0-9]' "$doc" && fail "$doc mentions a workplace"
done

# Samples: lines of README's code blocks that call imapdiff. What needs a server of somebody's is only parsed: it ends with 3.
printf 'ID NIL\r\n' >"$work/FILE"
awk '/^```/ { inside = !inside } inside && /^build\/imapdiff /' README.md | sed 's/ *#.*//; s,^build/imapdiff ,,' >"$work/samples"
[ "$(wc -l <"$work/samples")" -ge 6 ] || fail "README has few samples"
printf '# imapdiff trace 1\n# target: model\n# expect: VIOLATES MAP-I3\n\nC1: NOOP\n# end\n' >"$work/FILE.trace"
printf '{"findings": [], "profile": []}\n' >"$work/last.json"
while read -r line; do
    # Hosts of the samples are not asked for: loopback, port 1 refuses at once. Short runs.
    run=$(echo "$line" | sed 's,@host/,@127.0.0.1:1/,; s,@h/,@127.0.0.1:1/,; s,@old/,@127.0.0.1:1/,; s,@new/,@127.0.0.1:1/,; s,--time 5m,--programs 2,; s,--times 10,--times 1,')
    case $run in
    *127.0.0.1:1*) want='|3|' ;;
    *./mine.so*) want='|3|' ;; # it is the reader's
    between*) [ -x build/sysroot/usr/sbin/nginx ] || continue; want='|1|' ;; # each has findings
    serve*) want='|124|' ;; # it serves until it is ended
    clients*) want='|2|' ;; # the command is the reader's
    diff*) [ -s build/targets/index ] || continue
        run="${run% --time*} --time 1s --quiet" want='|0|1|' ;;
    *dovecot*) [ -d build/sysroot/usr ] || continue; want='|0|1|' ;;
    *) want='|0|' ;;
    esac
    limit=200
    case $run in
    serve*) run="$run --listen 127.0.0.1:0" limit=5 ;;
    "between --front"*) run="between --wait 1s ${run#between } --listen 127.0.0.1:0" ;;
    "check model"*) run="$run --programs 5" ;;
    "check dovecot"*) run="$run --scenario codes" ;;
    esac
    # shellcheck disable=SC2086
    (cd "$work" && IMAPDIFF_SYSROOT=$OLDPWD/build/sysroot timeout $limit "$bin" $run) >"$work/out" 2>&1 </dev/null
    got=$?
    echo "$want" | grep -qF "|$got|" || { fail "README's sample \`imapdiff $line\`: exit status $got"; tail -5 "$work/out"; }
done <"$work/samples"

# The table of exit statuses and the verdicts are those of the program.
for v in CONFORMS AMBIGUOUS UNDOCUMENTED DEVIATES VIOLATES UNDECIDED; do grep -q "^| $v |" README.md || fail "README lacks $v"; done
# The names of behaviours in the sample output exist.
for name in $(grep -oE '[a-z0-9-]+ ×[0-9]+ \[' README.md | sed 's/ .*//'); do
    "$bin" list behaviours | grep -q "^$name " || fail "README's output names $name, which is no behaviour"
done
[ $bad = 0 ] && echo "documents: ok"
exit $bad
