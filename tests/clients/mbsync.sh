#!/bin/sh
# mbsync.sh: mirrors every mailbox both ways; then flags all mail and deletes one message here, and mirrors again.
set -u
rc=$IMAPDIFF_DIR/../mbsyncrc
cat >"$rc" <<END
IMAPAccount served
Host $IMAPDIFF_HOST
Port $IMAPDIFF_TLS_PORT
User $IMAPDIFF_USER
Pass $IMAPDIFF_PASSWORD
SSLType IMAPS
CertificateFile $IMAPDIFF_CA

IMAPStore far
Account served

MaildirStore near
Path $IMAPDIFF_DIR/
Inbox $IMAPDIFF_DIR/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Near
Remove Near
Expunge Both
SyncState *
END
mbsync -c "$rc" -a || exit
. "${0%/*}/change_maildirs.sh"
mbsync -c "$rc" -a
