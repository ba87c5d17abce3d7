#!/bin/sh
# curl.sh: curl lists the mailboxes, looks for messages in each, and fetches them by UID, a mailbox on one connection. What is gone by
# then (67: a mailbox cannot be selected, 78: no such message) is passed over.
set -u
mkdir -p "$IMAPDIFF_DIR/cur"
rm -f "$IMAPDIFF_DIR"/cur/*
base=imaps://$IMAPDIFF_HOST:$IMAPDIFF_TLS_PORT here=$IMAPDIFF_DIR/..
get() { curl -sS --cacert "$IMAPDIFF_CA" -u "$IMAPDIFF_USER:$IMAPDIFF_PASSWORD" "$@"; }
gone() { status=$?; case $status in 67 | 78) : >"$here/said" ;; *) exit $status ;; esac }
get "$base/" -o "$here/said" || exit
for box in $(tr -d '\r"' <"$here/said" | sed -n 's,^\* LIST (.*) / ,,p'); do
    path=$(echo "$box" | sed 's,/,%2F,g; s/&/%26/g')
    get "$base/$path" -X 'UID SEARCH ALL' -o "$here/said" || gone
    : >"$here/wanted"
    for uid in $(tr -d '\r' <"$here/said" | sed -n 's/^\* SEARCH//p'); do
        printf 'url = "%s"\noutput = "%s"\n' "$base/$path;UID=$uid" "$IMAPDIFF_DIR/cur/$(echo "$box" | tr / _).$uid" >>"$here/wanted"
    done
    [ ! -s "$here/wanted" ] || get -K "$here/wanted" || gone
done
