#!/bin/sh
# targets.sh: what `make targets` says and leaves behind.
#
#   targets.sh fetch DIR NAME...         the packages of the targets; those that cannot be fetched are noted in DIR/targets/
#   targets.sh index DIR 'HERE...' NAME... writes DIR/targets/index: for each library of each target a line NAME FILE [WHY-MISSING]
set -u
mode=$1 dir=$2
shift 2
mkdir -p "$dir/targets"
known=$(sh mk/packages.sh list libraries)

case $mode in
fetch)
    wanted=
    for name; do
        case " $known " in *" $name "*) wanted="$wanted $name" ;; esac
    done
    rm -f "$dir"/targets/*.why
    log=$dir/targets/fetch.log
    # shellcheck disable=SC2086
    { sh mk/packages.sh libraries "$dir" $wanted; echo "exit status $?"; } 2>&1 | tee "$log" |
        grep --line-buffered '^packages: downloading' >&2
    for name in $(sed -n 's/^packages: not fetched://p' "$log"); do
        echo "its packages cannot be fetched: no network, or not Debian 12 ($log)" >"$dir/targets/$name.why"
    done
    exit 0 ;;
index)
    here=$1
    shift
    rm -f "$dir/targets/missing"
    for name; do
        why=
        lacks=$(ldd "$dir/targets/$name.so" 2>/dev/null | sed -n 's/^[[:space:]]*\([^ ]*\) => not found$/ \1/p' | sort -u | tr -d '\n')
        case " $here " in
        *" $name "*)
            [ -z "$lacks" ] || { why="it cannot be loaded without$lacks"; echo "$name: $why" >>"$dir/targets/missing"; } ;;
        *)
            why=$(cat "$dir/targets/$name.why" 2>/dev/null || echo "its packages are not in $dir/sysroot ($dir/targets/fetch.log)")
            echo "$name: $why" >>"$dir/targets/missing"
            rm -f "$dir/targets/$name.so" ;;
        esac
        # A target may hold several libraries: the names that it registers.
        cat harness/targets/"$name".c harness/targets/"$name".cc 2>/dev/null | sed -n 's/.*[{,]* *\.name = "\([^"]*\)".*/\1/p' |
            while read -r library; do echo "$library $name $why"; done
    done >"$dir/targets/index.part"
    mv "$dir/targets/index.part" "$dir/targets/index"
    # One message for each reason.
    [ ! -f "$dir/targets/missing" ] || sed 's/^[^:]*: //' "$dir/targets/missing" | sort -u | while read -r why; do
        echo "targets: left out:$(sed -n "s|^\([^:]*\): $why\$| \1|p" "$dir/targets/missing" | tr -d '\n'): $why" >&2
    done ;;
*) echo "targets: wrong usage" >&2; exit 2 ;;
esac
