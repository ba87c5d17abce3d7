#!/bin/sh
# fetchmail.sh: fetchmail downloads all mail of the mailboxes that have some, through a small delivery agent, and leaves it on
# the server. It keeps no list of what it has: all is taken each time.
set -u
here=$IMAPDIFF_DIR/..
. "${0%/*}/deliver.sh"
rm -f "$IMAPDIFF_DIR"/cur/*
cat >"$here/fetchmailrc" <<END
set invisible
poll $IMAPDIFF_HOST service $IMAPDIFF_TLS_PORT protocol imap
    user "$IMAPDIFF_USER" password "$IMAPDIFF_PASSWORD"
    ssl sslproto "auto" sslcertck sslcertfile "$IMAPDIFF_CA"
    folder INBOX, Drafts, Sent, Trash, Archive/2025, Shared/Team
    fetchall keep no rewrite no mimedecode
    mda "$here/deliver"
END
chmod 600 "$here/fetchmailrc"
HOME=$here FETCHMAILHOME=$here fetchmail -f "$here/fetchmailrc" --pidfile "$here/fetchmail.pid" --nodetach -v --nosyslog
