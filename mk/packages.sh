#!/bin/sh
# packages.sh: the Debian packages that imapdiff is built with, and those whose servers and libraries it judges.
#
#   mk/packages.sh build               installs what is missing to build and test (apt-get, with sudo when not root)
#   mk/packages.sh fuzz                the same for what AFL++ needs
#   mk/packages.sh servers DIR [NAME…] downloads the mail servers and unpacks them in DIR/sysroot; installs nothing,
#                                      needs no root, and unpacks only what is not there yet
#   mk/packages.sh proxies DIR [NAME…]   the same for the proxies that are judged with us on both sides
#   mk/packages.sh libraries DIR [NAME…]
#                                      the same for the libraries whose parsers are compared with the grammar
#   mk/packages.sh clients DIR [NAME…] the same for mail clients, which are tried against the model as a server
#   mk/packages.sh list build|fuzz|servers|proxies|libraries|clients  the names
#
# Exit status: 0 all there, 1 something failed, 2 wrong usage, 3 packages cannot be fetched (no network, no Debian).
# APT_OPTIONS holds further options for apt-get (a proxy, say).
set -eu

BUILD_PACKAGES="${BUILD_PACKAGES:-gcc g++ libc6-dev make pkg-config re2c lua5.4 liblua5.4-dev libevent-dev
  libgmime-3.0-dev libjansson-dev libcmocka-dev libssl-dev openssl clang-14 llvm-14 libclang-rt-14-dev python3
  ca-certificates}"
FUZZ_PACKAGES="${FUZZ_PACKAGES:-afl++}"

# What each server's daemons are in. Their libraries are found by apt; each server is resolved by itself, since the
# packages of different servers conflict with each other. A library likewise.
SERVERS="dovecot cyrus"
PACKAGES_dovecot="dovecot-core dovecot-imapd"
PACKAGES_cyrus="cyrus-common cyrus-imapd sasl2-bin libsasl2-modules libsasl2-modules-db libsasl2-2"
# Dependencies for installing or administering, which a private instance never runs: taken as there.
NOT_NEEDED="adduser db-util db5.3-util debconf e2fsprogs gawk init-system-helpers libclamav12 libpam-runtime lsb-base
  netbase perl procps rsync sensible-utils ssl-cert sysvinit-utils ucf imapdiff-no-mta"

# What each proxy is in. Dovecot's proxy is the server's own packages.
PROXIES="nginx perdition imapproxy dovecot"
PACKAGES_proxy_nginx="nginx libnginx-mod-mail"
PACKAGES_proxy_perdition="perdition libvanessa-adt1 libvanessa-logger0 libvanessa-socket2"
PACKAGES_proxy_imapproxy="imapproxy libwrap0"
NOT_NEEDED_proxy="iproute2"

# What each library is in (harness/targets/NAME), to compile against and to run.
LIBRARIES="dovecot cyrus libetpan vmime mailutils kimap cclient"
PACKAGES_library_dovecot="dovecot-dev dovecot-core"
PACKAGES_library_cyrus="cyrus-dev cyrus-common libsasl2-2"
PACKAGES_library_libetpan="libetpan-dev libetpan20"
PACKAGES_library_vmime="libvmime-dev libvmime1"
PACKAGES_library_mailutils="libmailutils-dev libmailutils9 libmu-dbm9"
PACKAGES_library_kimap="libkf5imap-dev libkf5imap5 qtbase5-dev"
PACKAGES_library_cclient="libc-client2007e-dev libc-client2007e"
# Dependencies for linking statically, or for parts that are not used.
NOT_NEEDED_library="comerr-dev default-libmysqlclient-dev krb5-locales krb5-multidev libcurl4-gnutls-dev libdb-dev libexpat1-dev
  libgdbm-dev libgnutls28-dev libgsasl-dev libgsasl7-dev libkyotocabinet-dev libldap2-dev libldap-dev liblockfile-dev libpam0g-dev
  libpam-modules libsasl2-dev libsasl2-modules libssl-dev mlock sgml-base mariadb-common mysql-common mailutils-common
  libacl1-dev libegl-dev libgl-dev libopengl-dev libglu1-mesa-dev libvulkan-dev qtchooser kio libxext-dev"

# What each mail client is in (tests/clients/NAME). Python's imaplib comes with python3, which the build needs.
CLIENTS="imaplib curl mbsync offlineimap getmail fetchmail imapfilter imapclient neomutt thunderbird"
PACKAGES_client_curl="curl"
PACKAGES_client_mbsync="isync"
PACKAGES_client_offlineimap="offlineimap3"
PACKAGES_client_getmail="getmail6"
PACKAGES_client_fetchmail="fetchmail"
PACKAGES_client_imapfilter="imapfilter"
PACKAGES_client_imapclient="libmail-imapclient-perl libio-socket-ssl-perl"
PACKAGES_client_neomutt="neomutt"
PACKAGES_client_thunderbird="thunderbird"
# Dependencies for installing, or for windows that nobody sees.
NOT_NEEDED_client="adduser debconf init-system-helpers lsb-base sysvinit-utils ucf psmisc x11-utils fontconfig-config
  hicolor-icon-theme adwaita-icon-theme gtk-update-icon-cache shared-mime-info sensible-utils imapdiff-no-mta"

say() { printf 'packages: %s\n' "$*" >&2; }
die() { status=$1; shift; say "$*"; exit "$status"; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# --- build ------------------------------------------------------------------------------------------------------------

# build PURPOSE PACKAGES: installs those of the packages that are missing.
build() {
    purpose=$1 wanted=$2
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        # Another system: whoever builds there installs the libraries. A missing one shows as a compiler error.
        command -v pkg-config >/dev/null && command -v re2c >/dev/null && return 0
        die 3 "this is no Debian system and pkg-config or re2c is missing; the equivalents of these are needed:" \
            $wanted
    fi
    # One call for all: this runs at each make.
    there=$(dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' $wanted 2>/dev/null |
        sed -n 's/^installed \([^:]*\).*/\1/p' | tr '\n' ' ') || true
    missing=
    for package in $wanted; do
        case " $there " in *" $package "*) ;; *) missing="$missing $package" ;; esac
    done
    [ -n "$missing" ] || return 0
    root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            die 3 "missing:$missing; I am not root and there is no sudo. As root: apt-get install --no-install-recommends$missing"
        root=sudo
    fi
    say "installing what $purpose needs${root:+ (with sudo)}:$missing"
    install="env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 ${APT_OPTIONS-} install"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    # The package lists may be missing or old: then fetch them and try again.
    $root $install $missing </dev/null >"$log" 2>&1 ||
        { $root apt-get -qq ${APT_OPTIONS-} update >"$log" 2>&1 && $root $install $missing </dev/null >"$log" 2>&1; } ||
        { tail -n 20 "$log" >&2; die 3 "apt-get could not install:$missing"; }
}

# --- servers and libraries ----------------------------------------------------------------------------------------

# A dpkg status file for resolving: what this host has, without what it says of dependencies and conflicts (an
# installed mail server must not stand in the way), without the packages that we want in any case ($@), and with those
# that we do not need.
write_status() {
    awk -v drop=" $* $(echo $not_needed) " '
        BEGIN { RS = ""; FS = "\n" }
        /\nStatus: install ok installed/ {
            name = $1; sub(/^Package: /, "", name)
            if (index(drop, " " name " ")) next
            for (i = 1; i <= NF; i++)
                if ($i ~ /^(Package|Status|Version|Architecture|Multi-Arch|Provides):/) print $i
            print "Description: x\n"
        }' /var/lib/dpkg/status 2>/dev/null || true
    for package in $not_needed; do
        printf 'Package: %s\nStatus: install ok installed\nVersion: 9999\nArchitecture: %s\nMulti-Arch: allowed\n' \
            "$package" "$(dpkg --print-architecture)"
        case $package in
        imapdiff-no-mta) printf 'Provides: default-mta, mail-transport-agent\n' ;;
        debconf) printf 'Provides: debconf-2.0\n' ;;
        esac
        printf 'Description: x\n\n'
    done
}

# fetch NAME: the $wanted packages and all they need into $apt/debs/NAME. $lists: "host" or "own" package lists.
fetch() {
    debs=$apt/debs/$1
    mkdir -p "$debs/partial"
    write_status $wanted >"$apt/status"
    set -- -o Dir::State::status="$apt/status" -o Dir::Cache::archives="$debs" -o Debug::NoLocking=1 \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=1 -o Acquire::http::Timeout=20 \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dpkg::Use-Pty=0
    if [ "$lists" = own ]; then
        set -- "$@" -o Dir::State="$apt/state" -o Dir::State::lists="$apt/state/lists" -o Dir::State::status="$apt/status"
        if [ -z "$(find "$apt/updated" -mmin -60 2>/dev/null)" ]; then
            mkdir -p "$apt/state/lists/partial"
            say "fetching package lists into $apt (nothing of the system is changed)"
            apt-get -qq "$@" ${APT_OPTIONS-} update >"$apt/log" 2>&1 || true # one broken source does not matter
            # Without any list (no network) the next call tries again.
            ls "$apt/state/lists/"*_Packages* >/dev/null 2>&1 && : >"$apt/updated"
        fi
    fi
    apt-get -qq -y --no-install-recommends --download-only "$@" ${APT_OPTIONS-} install $wanted </dev/null >"$apt/log" 2>&1
}

# What is preloaded into servers and clients.
build_shim() {
    source=$(dirname "$0")/../harness/tools/relocate.c
    shim=$sysroot/imapdiff/relocate.so
    [ "$shim" -nt "$source" ] && return 0
    mkdir -p "$sysroot/imapdiff"
    ${CC:-gcc} -std=c17 -D_GNU_SOURCE -O2 -Wall -shared -fPIC -o "$shim.$$" "$source" -ldl ||
        die 1 "cannot compile $source"
    mv "$shim.$$" "$shim"
}

unpack() {
    mkdir -p "$sysroot.part"
    for deb in "$apt/debs/$1"/*.deb; do
        dpkg-deb -x "$deb" "$sysroot.part" || return 1
    done
    chmod -R u+w "$sysroot.part" # an ordinary user can remove it again
    mkdir -p "$sysroot"
    cp -a "$sysroot.part/." "$sysroot/"
    rm -rf "$sysroot.part"
}

# unpacked DIR PREFIX NAME...: what PACKAGES_PREFIX_NAME says is unpacked in DIR/sysroot.
unpacked() {
    mkdir -p "$1"
    dir=$(cd "$1" && pwd)
    prefix=$2
    shift 2
    sysroot=$dir/sysroot
    apt=$dir/apt
    mkdir -p "$sysroot/.packages"
    todo=
    for name; do
        eval "wanted=\$PACKAGES_$prefix$name"
        [ -n "$wanted" ] || die 2 "no such name: $name"
        [ "$(sed -n 1p "$sysroot/.packages/$prefix$name" 2>/dev/null)" = "$wanted" ] || todo="$todo $name"
    done
    [ -n "$todo" ] || return 0
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        die 3 "no apt-get or dpkg-deb here, so these packages cannot be fetched:$todo"
    mkdir -p "$apt"
    if command -v flock >/dev/null; then # two makes at once
        exec 9>"$apt/lock"
        flock 9
    fi
    left_out= cut_off=
    for name in $todo; do
        [ -z "$cut_off" ] || { left_out="$left_out $name"; continue; }
        eval "wanted=\$PACKAGES_$prefix$name"
        # The other make may have done it.
        [ "$(sed -n 1p "$sysroot/.packages/$prefix$name" 2>/dev/null)" != "$wanted" ] || continue
        say "downloading $name ($wanted, and their libraries) into $sysroot; nothing is installed"
        rm -rf "$apt/debs/$name" "$sysroot.part"
        lists=host
        if ! fetch "$name"; then
            lists=own # the host's package lists are missing, unreadable or too old
            if ! fetch "$name"; then
                tail -n 5 "$apt/log" >&2
                say "cannot fetch $name's packages"
                left_out="$left_out $name"
                # Without any list there is no network, and no use in trying the rest.
                ls "$apt/state/lists/"*_Packages* >/dev/null 2>&1 || cut_off=1
                continue
            fi
        fi
        unpack "$name" || die 1 "cannot unpack $name's packages"
        { echo "$wanted"; ls "$apt/debs/$name" | grep "deb\$" || true; } >"$sysroot/.packages/$prefix$name"
        rm -rf "$apt/debs/$name"
    done
    [ -z "$left_out" ] || die 3 "not fetched:$left_out"
}

servers() {
    dir=$1
    shift
    for name in ${*:-$SERVERS}; do
        case " $SERVERS " in *" $name "*) ;; *) die 2 "no such server: $name (there are: $SERVERS)" ;; esac
    done
    not_needed=$NOT_NEEDED
    mkdir -p "$dir/sysroot"
    sysroot=$(cd "$dir/sysroot" && pwd)
    build_shim
    unpacked "$dir" "" ${*:-$SERVERS}
}

proxies() {
    dir=$1
    shift
    for name in ${*:-$PROXIES}; do
        case " $PROXIES " in *" $name "*) ;; *) die 2 "no such proxy: $name (there are: $PROXIES)" ;; esac
        if [ "$name" = dovecot ]; then servers "$dir" dovecot || return; fi
    done
    mkdir -p "$dir/sysroot"
    sysroot=$(cd "$dir/sysroot" && pwd)
    build_shim
    not_needed="$NOT_NEEDED $NOT_NEEDED_proxy"
    # shellcheck disable=SC2046
    unpacked "$dir" proxy_ $(echo " ${*:-$PROXIES} " | sed 's/ dovecot / /')
}

libraries() {
    dir=$1
    shift
    for name in ${*:-$LIBRARIES}; do
        case " $LIBRARIES " in *" $name "*) ;; *) die 2 "no such library: $name (there are: $LIBRARIES)" ;; esac
    done
    not_needed="$NOT_NEEDED $NOT_NEEDED_library"
    unpacked "$dir" library_ ${*:-$LIBRARIES}
}

# Those without packages of their own are there.
clients() {
    dir=$1 names=
    shift
    for name in ${*:-$CLIENTS}; do
        case " $CLIENTS " in *" $name "*) ;; *) die 2 "no such client: $name (there are: $CLIENTS)" ;; esac
        eval "[ -z \"\${PACKAGES_client_$name-}\" ]" || names="$names $name"
    done
    not_needed=$NOT_NEEDED_client
    mkdir -p "$dir/clients/sysroot"
    sysroot=$(cd "$dir/clients/sysroot" && pwd)
    build_shim
    unpacked "$dir/clients" client_ $names
}

case ${1-} in
build) build "the build" "$BUILD_PACKAGES" ;;
fuzz) command -v afl-fuzz >/dev/null && command -v afl-clang-fast >/dev/null || build "fuzzing with AFL++" "$FUZZ_PACKAGES" ;;
servers) [ $# -ge 2 ] || die 2 "usage: mk/packages.sh servers DIR [NAME…]"; shift; servers "$@" ;;
proxies) [ $# -ge 2 ] || die 2 "usage: mk/packages.sh proxies DIR [NAME…]"; shift; proxies "$@" ;;
libraries) [ $# -ge 2 ] || die 2 "usage: mk/packages.sh libraries DIR [NAME…]"; shift; libraries "$@" ;;
clients) [ $# -ge 2 ] || die 2 "usage: mk/packages.sh clients DIR [NAME…]"; shift; clients "$@" ;;
list) case ${2-} in
    build) echo $BUILD_PACKAGES ;;
    fuzz) echo $FUZZ_PACKAGES ;;
    servers) echo $SERVERS ;;
    proxies) echo $PROXIES ;;
    libraries) echo $LIBRARIES ;;
    clients) echo $CLIENTS ;;
    *) die 2 "usage: mk/packages.sh list build|fuzz|servers|proxies|libraries|clients" ;;
    esac ;;
*) die 2 "usage: mk/packages.sh build | fuzz | servers DIR [NAME…] | proxies DIR [NAME…] | libraries DIR [NAME…] | clients DIR [NAME…] | list build|fuzz|servers|proxies|libraries|clients" ;;
esac
