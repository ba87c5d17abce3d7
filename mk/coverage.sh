#!/bin/sh
# coverage.sh: runs what build/cov holds, merges the counters, writes build/coverage/index.html, and has mk/coverage.py say by
# layer what was reached and which line was not. PROGRAMS= programs for each behaviour and fault (default 300).
#
# What runs: the tests of grammar, model and lua; those of the harness that need no server and no minute, and those of its shell and
# Python tests that take the program by name; the hostile build; the closed loop for every behaviour and fault, and for the loop fuzzer's seeds; the traces of the findings; the
# corpus, each file as what its folder's name says.
set -u
cov=build/cov out=build/coverage
export LLVM_PROFILE_FILE="$PWD/$out/raw/%4m.profraw"

# coverage.sh one WANTED COMMAND...: one run; it is reported when its exit status is none of WANTED (as 0,1).
if [ "${1-}" = one ]; then
    wanted=$2
    shift 2
    log=$(mktemp "$out/log-XXXXXX")
    timeout -k 10 300 "$@" >"$log" 2>&1 </dev/null
    status=$?
    case ",$wanted," in
    *",$status,"*) ;;
    *) printf 'coverage: exit status %s of %s\n' "$status" "$*"; tail -n 5 "$log"; rm -f "$log"; exit 1 ;;
    esac
    rm -f "$log"
    exit 0
fi

rm -rf "$out"
mkdir -p "$out/raw"
list=$out/list
export IMAPDIFF="$PWD/$cov/san/imapdiff" HOSTILE="$PWD/$cov/hostile/imapdiff"
{
    echo "0 sh tests/harness/test_user_hostile.sh"
    for name in cli legal; do echo "0 sh tests/harness/test_$name.sh"; done
    for name in check_hostile serve serve_clientid serve_options serve_report clients between author; do
        echo "0 python3 -B tests/harness/test_$name.py"
    done
} >"$list"
for f in $cov/tests/grammar/test_* $cov/tests/model/test_* $cov/tests/lua/test_*; do echo "0 $f"; done >>"$list"
for name in net net_life content drive explain generate lex mutants program report scenario scenario_golden shrink url; do
    [ ! -e "$cov/tests/harness/test_$name" ] || echo "0 $cov/tests/harness/test_$name"
done >>"$list"
$cov/san/imapdiff list behaviours >"$out/behaviours" || exit 1
while read -r name _ rest; do
    case $rest in "fault: "*) wanted=0,1 ;; *) wanted=0 ;; esac # a fault that is not found is for `make check` to say
    echo "$wanted $cov/san/imapdiff check model:$name --quiet --programs ${PROGRAMS:-300}"
done <"$out/behaviours" >>"$list"
echo "0 $cov/san/imapdiff check model:ghosted-mailbox,status-refused --quiet --programs ${PROGRAMS:-300}" >>"$list"
echo "0 $cov/fuzz/bin/loop" corpus/loop/* >>"$list"
for f in corpus/findings/*.trace; do echo "0,1 $cov/san/imapdiff replay $f model"; done >>"$list"
for kind in id id_response clientid command response; do
    for f in corpus/"$kind"/*; do [ ! -f "$f" ] || echo "0,1 $cov/san/imapdiff lex $(echo "$kind" | tr _ -) $f"; done
done >>"$list"
echo "coverage: $(wc -l <"$list") runs"
xargs -P "${JOBS:-$(nproc)}" -L 1 sh mk/coverage.sh one <"$list"
ran=$?
llvm-profdata-14 merge -sparse -o "$out/all.profdata" "$out"/raw/*.profraw || exit 1
rm -rf "$out/raw"
llvm-cov-14 show -format=html -output-dir="$out" -instr-profile="$out/all.profdata" $cov/san/imapdiff >"$out/show.log" 2>&1 ||
    { tail "$out/show.log"; exit 1; }
for form in lcov text; do
    llvm-cov-14 export -format=$form -skip-functions -instr-profile="$out/all.profdata" $cov/san/imapdiff >"$out/lines.$form" ||
        exit 1
done
python3 mk/coverage.py "$out/lines.lcov" "$out/lines.text" || exit 1
[ $ran = 0 ] || { echo "coverage: a run has failed"; exit 1; }
