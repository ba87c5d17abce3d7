#!/bin/sh
# clauses.sh [ROOT]: which ids of the clause catalogue the sources cite, by code and by tests.
# An id counts when it stands whole, as text (MAP-4.1.2-a) or as its constant (CL_MAP_4_1_2_a). A file that says
# "ids-as-data" handles ids without following them and is passed over, as the catalogue itself is.
# Exit status: 1 if a source cites an id that does not exist, or if no test cites a clause that binds a server and
# shows on the wire (class S, R, T or X); 2 if there is no catalogue; else 0.
cd "${1:-.}" || exit 2
table=grammar/clauses.def
[ -r "$table" ] || { echo "clauses.sh: cannot read $table; run it at the top of the sources" >&2; exit 2; }

citations() {
    # Prints FILE:LINE:TOKEN for everything that looks like an id. The octet before it is kept and cut off later.
    for folder in grammar model harness lua tests corpus; do
        [ -d "$folder" ] && find "$folder" -type f ! -path 'grammar/clauses.*' -print
    done | sort | tr '\n' '\0' | xargs -0 -r grep -IL 'ids-as-data' | tr '\n' '\0' | LC_ALL=C xargs -0 -r grep -IHnoE \
        '(^|[^A-Za-z0-9_-])(((T-)?(ID|CID|MAP)-[DI]?[0-9]|R[0-9]{4}-[0-9])[A-Za-z0-9.-]*|CL_[A-Za-z0-9_]+)'
}

citations | awk -v table="$table" '
function show(title, list, count, words, n, i, line) {
    printf "\n%s: %d\n", title, count
    n = split(list, words, " ")
    for (i = 1; i <= n; i++) {
        if (length(line) + length(words[i]) > 106) { print " " line; line = "" }
        line = line " " words[i]
    }
    if (line)
        print " " line
}
function cite(id, file, line) {
    if (!(id in level)) {
        printf "%s:%s: cites %s, which is no id of %s\n", file, line, id, table
        wrong++
    } else if (file ~ /^(tests|corpus|lua\/scenario)\//)
        test[id] = 1
    else
        code[id] = 1
}
BEGIN {
    FS = "\""
    while ((getline < table) > 0) {
        if ($1 !~ /^CLAUSE\(/)
            continue
        id = $2
        order[++n] = id
        name = $1; sub(/^CLAUSE\(/, "", name); sub(/, *$/, "", name); constant["CL_" name] = id
        split($5, column, /, */); level[id] = column[2]; binds[id] = column[3]; wire[id] = $6
        base[id] = id ~ /^R[0-9]/
    }
    FS = ":"
}
{
    # FILE:LINE:?TOKEN, where ? is the octet before the token, if there was one. "A..B" cites both ends, no more.
    token = substr($0, length($1) + length($2) + 3)
    sub(/^[^A-Za-z0-9_]/, "", token)
    if (token ~ /^CL_/) {
        if (token in constant)
            cite(constant[token], $1, $2)
        else if (token ~ /^CL_(T_)?(ID|CID|MAP)_[DI]?[0-9]/ || token ~ /^CL_R[0-9]/)
            cite(token, $1, $2)
        next
    }
    ends = split(token, end, /\.\.+/)
    for (i = 1; i <= ends; i++) {
        sub(/[.-]+$/, "", end[i])
        if (end[i] ~ /^(T-)?(ID|CID|MAP)-[DI]?[0-9]/ || end[i] ~ /^R[0-9][0-9][0-9][0-9]-[0-9]/)
            cite(end[i], $1, $2)
    }
}
END {
    for (k = 1; k <= n; k++) {
        id = order[k]
        kind = base[id] ? "base" : level[id] == "TRAP" ? "trap" : "requirement"
        all[kind]++
        in_code[kind] += id in code
        in_test[kind] += id in test
        if (kind != "base" && !(id in code) && !(id in test)) { neither = neither id " "; n_neither++ }
        gated = kind == "requirement" && level[id] != "INFO" && binds[id] ~ /^[SB]$/ && wire[id] ~ /[SRTX]/
        must += gated
        if (gated && !(id in test)) { missing = missing id " "; n_missing++ }
    }
    printf "%-14s %6s %14s %15s\n", "ids", "all", "cited by code", "cited by tests"
    split("requirement trap base", kinds, " ")
    for (k = 1; k <= 3; k++)
        printf "%-14s %6d %14d %15d\n", kinds[k], all[kinds[k]], in_code[kinds[k]], in_test[kinds[k]]
    show("requirements and traps cited by neither", neither, n_neither)
    show("of " must " requirements that bind a server and show on the wire (S, R, T, X), cited by no test", missing, n_missing)
    if (wrong)
        printf "\n%d citations of ids that do not exist\n", wrong
    exit wrong || n_missing ? 1 : 0
}'
