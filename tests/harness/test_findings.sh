#!/bin/sh
# FINDINGS.md and its traces agree: each finding has one row and one trace of at most 15 commands; the row has the trace's
# target, verdict, clauses and rate; and each comes again on a fresh private server. One that comes and goes has
# `# rate: K of N` with K < N and is tried more often. Findings in parsers, from 60 on, have seeds instead, NN-LIBRARY-..., and a word
# that says how the library parts, or two, "hang or crash": `imapdiff diff` shows it of each.
set -u
bin=${IMAPDIFF:-$PWD/build/san/imapdiff}
IMAPDIFF_LUA=${IMAPDIFF_LUA:-$PWD/lua}
export IMAPDIFF_LUA
work=$PWD/build/tests/findings
rm -rf "$work"
mkdir -p "$work" || exit 1
bad=0 replayed=0 left=0
fail() { echo "FAILED: $*"; bad=1; }
head_of() { sed -n "s/^# $1: //p;/^\$/q" "$2"; }

sed -n 's/^| \([0-9][0-9]*\) | .*`make replay-\([0-9][0-9]*\)`.*/\1 \2/p' FINDINGS.md >"$work/rows"
[ -s "$work/rows" ] || fail "FINDINGS.md: no row"
while read -r n command; do
    [ "$n" = "$command" ] || fail "row $n has make replay-$command"
    [ "$n" -ge 60 ] && continue
    set -- corpus/findings/"$(printf %02d "$n")"-*.trace
    [ $# = 1 ] && [ -e "$1" ] || fail "row $n: not one trace but: $*"
done <"$work/rows"
[ -z "$(cut -d' ' -f1 "$work/rows" | sort | uniq -d)" ] || fail "two rows have one number"

for f in corpus/findings/*.trace; do
    n=$(basename "$f" | sed 's/^0*\([0-9]*\)-.*/\1/')
    row=$(grep "^| $n | " FINDINGS.md) || { fail "$f has no row in FINDINGS.md"; continue; }
    commands=$(grep -cE '^C[0-9]+[+]?( raw)?: ' "$f")
    [ "$commands" -ge 1 ] && [ "$commands" -le 15 ] || fail "$f: $commands commands"
    target=$(head_of target "$f") expect=$(head_of expect "$f")
    case $row in *"$target"*) ;; *) fail "$f: the row does not name $target" ;; esac
    for word in $expect; do
        case $row in *"$word"*) ;; *) fail "$f: the row does not name $word" ;; esac
    done
    name=$(basename "$f" .trace)
    case $row in *"$name"*) ;; *) fail "$f: the row does not name $name" ;; esac

    rate=$(head_of rate "$f")
    case $row in *"$rate"*) ;; *) fail "$f: the row does not give the rate $rate" ;; esac
    # What comes always may need another try on a busy machine: UIDVALIDITY counts seconds, and caches have their times.
    [ "${rate%% *}" = "${rate##* }" ] && tries=3 || tries=25
    while [ $tries -gt 0 ]; do
        timeout 60 "$bin" replay "$f" >"$work/out" 2>&1 </dev/null
        if grep -q 'came again 1 of 1 times' "$work/out"; then replayed=$((replayed + 1)); break; fi
        if grep -q 'not unpacked' "$work/out"; then left=$((left + 1)); break; fi
        tries=$((tries - 1))
    done
    [ $tries -gt 0 ] || { fail "$f did not come again"; tail -5 "$work/out"; }
done
# Of parsers: each seed that a row names is there, each that is there has a row, and it comes again as the row says.
targets=${bin%/*}/../targets
while read -r n command; do
    [ "$n" -ge 60 ] || continue
    row=$(grep "^| $n | " FINDINGS.md)
    how=$(echo "$row" | sed -n 's/.*| \([a-z ]*\), `make replay-[0-9]*` |$/\1/p' | sed 's/ or /|/')
    [ -n "$how" ] || fail "row $n does not say how it comes again"
    seeds=$(echo "$row" | grep -o "\`[a-z_]*/$n-[^\`]*\`" | tr -d '\`')
    [ -n "$seeds" ] || fail "row $n names no seed"
    [ "$(for f in corpus/*/"$n"-*; do echo "${f#corpus/}"; done | sort)" = "$(echo "$seeds" | sort)" ] ||
        fail "row $n: its seeds are not those in corpus/"
    for seed in $seeds; do
        library=${seed#*/*-} library=${library%%-*}
        [ -e "$targets/$library.so" ] || { left=$((left + 1)); continue; }
        timeout 120 "$bin" diff "$library" --corpus "corpus/$seed" --time 0 --quiet --out "$work/${seed##*/}" >"$work/out" 2>&1 </dev/null
        if grep -qE "^  $library  *[a-z-]*  *($how) " "$work/out"; then
            replayed=$((replayed + 1))
        else
            fail "corpus/$seed: $library does not show \`$how\`"
            cat "$work/out"
        fi
    done
done <"$work/rows"
for f in corpus/*/[6-9][0-9]-*; do
    grep -q "\`${f#corpus/}\`" FINDINGS.md || fail "$f has no row in FINDINGS.md"
done
echo "$(wc -l <"$work/rows") findings, $replayed came again, $left left out for lack of servers or libraries"
[ $left -gt 0 ] || [ "$replayed" -gt 0 ] || fail "nothing was replayed"
exit $bad
