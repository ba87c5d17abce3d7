#!/bin/sh
# getmail.sh: getmail downloads what is new in all mailboxes, through a small delivery agent, and leaves it on the server.
# clients: --archive
set -u
here=$IMAPDIFF_DIR/..
. "${0%/*}/deliver.sh"
cat >"$here/getmailrc" <<END
[retriever]
type = SimpleIMAPSSLRetriever
server = $IMAPDIFF_HOST
port = $IMAPDIFF_TLS_PORT
username = $IMAPDIFF_USER
password = $IMAPDIFF_PASSWORD
ca_certs = $IMAPDIFF_CA
mailboxes = ALL

[destination]
type = MDA_external
path = $here/deliver
allow_root_commands = true

[options]
read_all = false
delete = false
delivered_to = false
received = false
END
chmod 600 "$here/getmailrc"
getmail --getmaildir "$here" --rcfile getmailrc
