#!/bin/sh
# clients.sh BUILD: real mail clients against the model as a server, under its default and each legal behaviour: a grid for each client,
# which stays in BUILD/clients/NAME.grid, its logs and traces below BUILD/clients/run/NAME, and a summary of all at the end.
#
# CLIENT names those to run (default: all), BEHAVIOUR is a glob that chooses behaviours, JOBS of them run at once. Exit status 1 if a
# client fails in a way that tests/clients/known does not list, 3 if a client's packages cannot be had.
set -u
build=$1 names=${CLIENT:-$(sh mk/packages.sh list clients)}
where=$build/clients
# shellcheck disable=SC2086
sh mk/packages.sh clients "$build" $names || exit

# The unpacked programs find their libraries and modules; imapdiff keeps to the system's.
root=$(cd "$where/sysroot" && pwd) lib=$(gcc -print-multiarch)
set -- env PATH="$root/usr/bin:$PATH" LD_LIBRARY_PATH="$root/usr/lib/$lib:$root/lib/$lib" CLIENT_ROOT="$root" LC_ALL=C.UTF-8 \
    PYTHONPATH="$root/usr/lib/python3/dist-packages:$root/usr/share/offlineimap3" PYTHONDONTWRITEBYTECODE=1 \
    PERL5LIB="$root/usr/share/perl5:$root/usr/lib/$lib/perl5/5.36:$root/usr/share/perl/5.36:$root/usr/lib/$lib/perl/5.36"
lua="LD_PRELOAD=$root/imapdiff/relocate.so RELOCATE_FROM=/usr/share/imapfilter RELOCATE_TO=$root/usr/share/imapfilter"

bad=0 grids=
for name in $names; do
    driver=$PWD/tests/clients/$name
    if [ -e "$driver.sh" ]; then driver=$driver.sh run=sh
    elif [ -e "$driver.py" ]; then driver=$driver.py run="/usr/bin/python3 -P"
    elif [ -e "$driver.pl" ]; then driver=$driver.pl run=perl
    else driver=$driver.lua run="$lua imapfilter -t {ca} -c"; fi
    rm -rf "$where/run/$name"
    mkdir -p "$where/run"
    package=$(sed -n '1s/ .*//;1p' "$root/.packages/client_$name" 2>/dev/null)
    echo "== $name $(sed -n "s/^${package:-none}_\(.*\)_.*\.deb/\1/p" "$root/.packages/client_$name" 2>/dev/null)"
    # shellcheck disable=SC2046,SC2086
    "$build/imapdiff" clients --jobs "${JOBS:-6}" --time 180s --out "$where/run/$name" $(sed -n 's/^# clients: //p' "$driver") \
        ${BEHAVIOUR:+--behaviour "$BEHAVIOUR"} -- "$@" $run "$driver" >"$where/$name.grid" 2>&1
    [ $? -le 1 ] || bad=1
    cat "$where/$name.grid"
    grids="$grids $where/$name.grid"
done
# shellcheck disable=SC2086
python3 mk/clients.py tests/clients/known $grids && exit $bad
