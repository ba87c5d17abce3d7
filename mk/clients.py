#!/usr/bin/env python3
"""clients.py KNOWN GRID...: a line for each client's grid: under how many behaviours it works, tries again, gives up; what it does beyond
that, and why, as KNOWN says. Exit status 1 if KNOWN does not.

A line of KNOWN is CLIENT BEHAVIOURS WHAT REASON: a glob, globs with commas between them, one of the words below, and text."""
import collections, fnmatch, os, re, sys

END = r"(works|retries|no connection|gives up \(\d+\)|hangs|crashes \(\d+\)|-) +"
ROW = re.compile(r"(\S+) +" + END + END +
                 r"(same|-|(?:(\d+) changed, )?(\d+) lost, (\d+) extra) +\d+ +\d+  (?:(\d+) MUST, \d+ SHOULD: (\S+)|-)?")


def failures(row):
    """Words: gives-up (although it is calm), no-connection, hangs, crashes, changes, loses, keeps (mail that is gone), and the clause it breaks."""
    _, disturbed, calm, _, changed, lost, extra, musts, clause = row.groups()
    words = {w for end in (disturbed, calm) for w in ("hangs", "crashes") if end.startswith(w)}
    words |= {"gives-up"} if calm.startswith("gives up") else set()
    words |= {"no-connection"} if calm == "no connection" else set()
    words |= {w for w, n in (("changes", changed), ("loses", lost), ("keeps", extra)) if n and int(n)}
    return words | ({clause} if musts and int(musts) else set())


def main():
    known = [line.split(None, 3) for line in open(sys.argv[1]) if line.strip() and line[0] != "#"]
    unknown, reasons = [], {}
    print(f"\n{'client':12} {'behaviours':>10} {'works':>6} {'retries':>8} {'gives up, then works':>21} {'fails':>6}  how (behaviours)")
    for path in sys.argv[2:]:
        name = os.path.basename(path).removesuffix(".grid")
        count, how = collections.Counter(), collections.Counter()
        for row in filter(None, map(ROW.match, open(path))):
            words = failures(row)
            count["all"] += 1
            count["fails" if words else "gives" if row[2].startswith("gives") else "retries" if "retries" in row.groups()[1:3] else "works"] += 1
            for word in words:
                how[word] += 1
                why = [k for k in known if fnmatch.fnmatch(name, k[0]) and any(fnmatch.fnmatch(row[1], glob) for glob in k[1].split(",")) and k[2] == word]
                if why:
                    reasons[name, word, why[0][3].strip()] = None
                else:
                    unknown.append(f"{name} {row[1]} {word}")
        if not count["all"]:
            unknown.append(f"{name}: no row in {path}")
        print(f"{name:12} {count['all']:10} {count['works']:6} {count['retries']:8} {count['gives']:21} {count['fails']:6}  "
              + ", ".join(f"{w} ({n})" for w, n in sorted(how.items())))
    for name, word, why in reasons:
        print(f"  {name} {word}: {why}")
    for line in unknown:
        print(f"NOT KNOWN: {line}")
    return bool(unknown)


sys.exit(main())
