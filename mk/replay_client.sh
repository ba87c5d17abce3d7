#!/bin/sh
# replay_client.sh BUILD CN: finding CN of FINDINGS.md, in a mail client: runs the client under the behaviour that its trace in corpus/clients
# names, and shows where what the trace says came again. Exit status 1 if it did not.
set -u
set -- "$1" corpus/clients/"$2"-*.trace
[ -e "$2" ] || { echo "no such finding: $2; see FINDINGS.md" >&2; exit 2; }
head_of() { sed -n "s/^# $1: //p;/^\$/q" "$trace"; }
trace=$2 client=$(sed -n 's/^# client: //p' "$2") behaviour=$(sed -n 's/^# behaviour: //p' "$2")
# shellcheck disable=SC2046
env $(head_of setting) CLIENT="$client" BEHAVIOUR="$behaviour" sh mk/clients.sh "$1" | grep -v '^NOT KNOWN'
awk -v first="$(head_of shows)" -v second="$(head_of 'then')" '
    before ~ first && $0 ~ second { print "came again: " before; print "            " $0; n++ }
    { before = $0 }
    END { if (!n) print "it did not come again"; exit !n }' "$1/clients/run/$client/$behaviour/trace.txt"
