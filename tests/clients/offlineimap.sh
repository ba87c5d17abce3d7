#!/bin/sh
# offlineimap.sh: OfflineIMAP mirrors every mailbox both ways; then flags all mail and deletes one message here, and mirrors again.
set -u
rc=$IMAPDIFF_DIR/../offlineimaprc
cat >"$rc" <<END
[general]
accounts = served
metadata = $IMAPDIFF_DIR/../offlineimap
ui = basic
socktimeout = 20

[Account served]
localrepository = near
remoterepository = far

[Repository near]
type = Maildir
localfolders = $IMAPDIFF_DIR
sep = /

[Repository far]
type = IMAP
remotehost = $IMAPDIFF_HOST
remoteport = $IMAPDIFF_TLS_PORT
remoteuser = $IMAPDIFF_USER
remotepass = $IMAPDIFF_PASSWORD
ssl = yes
sslcacertfile = $IMAPDIFF_CA
maxconnections = 1
# Else it makes what another client has deleted anew, and gives up at the superior, which is there (FINDINGS 80).
createfolders = ${CREATEFOLDERS:-False}
END
offlineimap -c "$rc" -o || exit
. "${0%/*}/change_maildirs.sh"
offlineimap -c "$rc" -o
