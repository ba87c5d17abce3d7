# change_maildirs.sh, for synchronisers' drivers: in the Maildirs below $IMAPDIFF_DIR all mail is flagged, and the first message of INBOX
# is deleted: what a user does between two synchronisations.
find "$IMAPDIFF_DIR" -path '*/cur/*' -o -path '*/new/*' | sort | while read -r file; do
    folder=${file%/*} name=${file##*/}
    case $name in
    *:2,*F*) continue ;;
    *:2,*) flags=${name##*:2,} ;;
    *) flags= ;;
    esac
    flags=$(echo "${flags}F" | sed 's/./&\n/g' | sort | tr -d '\n')
    mv "$file" "${folder%/*}/cur/${name%%:2,*}:2,$flags"
done
first=$(find "$IMAPDIFF_DIR"/INBOX/cur "$IMAPDIFF_DIR"/.INBOX/cur -type f 2>/dev/null | sort | head -n 1)
if [ -n "$first" ] && [ ! -e "$IMAPDIFF_DIR/../deleted" ]; then
    rm "$first"
    : >"$IMAPDIFF_DIR/../deleted"
fi
