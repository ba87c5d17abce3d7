# deliver.sh, for downloaders' drivers: a delivery agent in $here/deliver, which puts what it is given into $IMAPDIFF_DIR/cur.
mkdir -p "$IMAPDIFF_DIR/cur"
cat >"$here/deliver" <<END
#!/bin/sh
cat >"$IMAPDIFF_DIR/cur/\$\$.\$(date +%N)"
END
chmod 700 "$here/deliver"
