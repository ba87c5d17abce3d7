"""coverage.py: says from llvm-cov's lines (lcov format) and regions (JSON) by layer and file what was reached, and what not.

usage: coverage.py LINES.lcov REGIONS.json

llvm-cov calls a line reached when any part of it is. Here a statement behind `if (...)` or `else` on the same line counts as a
line of its own.

A lexer's lines in build/cov/gen are two things, which re2c's #line tells apart: what we wrote in grammar/*.re, counted there
(where re2c copies an action, a line is reached if any copy is), and the automaton that re2c made, counted as build/cov/gen/*.c.
Both belong to the layer grammar.

In grammar/ and model/ a line that was not reached needs a reason, and the layer a share of lines reached (WANTED). A reason is
a comment `uncovered: WHY` on the first line of a run of such lines or on the code line before it; or a line
`FILE | TEXT | WHY` in mk/coverage.reasons, for each run of unreached lines of FILE (a pattern as the shell's) in which TEXT stands.
A line that is only a closing brace is not counted.
Exit status: 0 all as wanted, 1 not, 2 wrong usage.
"""
import fnmatch
import json
import os
import re
import sys

WANTED = {"grammar": 98.0, "model": 95.0}
LAYERS = ("grammar", "model", "harness")
GENERATED = "build/cov/gen/"
REASONS = "mk/coverage.reasons"


def read_lcov(path):
    """file -> {line: count}, for the files below the working directory."""
    files, lines = {}, {}
    top = os.getcwd() + "/"
    for text in open(path):
        key, _, value = text.strip().partition(":")
        if key == "SF":
            name = os.path.normpath(os.path.join(top, value))
            lines = files.setdefault(name[len(top):], {}) if name.startswith(top) else {}
        elif key == "DA":
            number, count = value.split(",")[:2]
            lines[int(number)] = max(lines.get(int(number), 0), int(count))
    return files


def add_statements(path, files):
    """Adds what stands behind a condition on the same line: at its line and column as line + column / 1000."""
    top = os.getcwd() + "/"
    for file in json.load(open(path))["data"][0]["files"]:
        name = file["filename"].replace(top, "", 1)
        if name not in files:
            continue
        text = [""] + open(name).read().split("\n")
        for line, column, count, has_count, is_entry, *is_gap in file["segments"]:
            before, behind = text[line][: column - 1].rstrip(), text[line][column - 1 :]
            ours = has_count and is_entry and not any(is_gap)
            if ours and files[name].get(line) and re.search(r"(\)|\belse)$", before) and re.match(r"[^{]|{.*}", behind):
                at = line + column / 1000
                files[name][at] = max(files[name].get(at, 0), count)


def split_generated(files):
    """Moves the lines that re2c copied out of grammar/*.re there."""
    for name in [f for f in files if f.startswith(GENERATED)]:
        source, number, own = None, 0, {}
        by_line = {}
        for at, count in files[name].items():
            by_line.setdefault(int(at), []).append((at - int(at), count))
        for i, text in enumerate(open(name), 1):
            mark = re.match(r'#line (\d+) "(.*)"', text)
            if mark:
                source, number = mark[2], int(mark[1])
                continue
            if source and source.endswith(".re"):
                lines = files.setdefault(source, {})
                for column, count in by_line.get(i, ()):
                    lines[number + column] = max(lines.get(number + column, 0), count)
                number += 1
            else:
                own.update((i + column, count) for column, count in by_line.get(i, ()))
        files[name] = own


def drop_braces(files):
    for name in (f for f in files if layer_of(f) and os.path.exists(f)):
        text = [""] + open(name).read().split("\n")
        files[name] = {at: count for at, count in files[name].items() if text[int(at)].strip() != "}"}


def layer_of(name):
    first = "grammar" if name.startswith(GENERATED) else name.partition("/")[0]
    return first if first in LAYERS else None


def read_reasons():
    if not os.path.exists(REASONS):
        return []
    rows = [line.rstrip("\n") for line in open(REASONS)]
    return [[part.strip() for part in row.split("|")] for row in rows if row and not row.startswith("#")]


def runs(lines):
    """The runs of unreached lines: lists of line numbers, each with the number of the code line before it."""
    run, before, result = [], 0, []
    for number in sorted(lines):
        if lines[number] == 0:
            run.append(number)
            continue
        if run:
            result.append((before, run))
        run, before = [], number
    if run:
        result.append((before, run))
    return result


def explain(name, lines, rows, used):
    """Yields (line, text, reason or None) for each unreached line of a file."""
    text = [""] + [line.rstrip("\n") for line in open(name)]
    for before, run in runs(lines):
        why = None
        # The comment may stand on a line of its own between the two.
        for number in range(max(int(before), 1), int(run[0]) + 1):
            mark = re.search(r"uncovered: (.*?)\s*(\*/|$)", text[number])
            if mark:
                why = mark[1]
        for i, (pattern, word, because) in enumerate(rows):
            if fnmatch.fnmatch(name, pattern) and any(word in text[int(at)] for at in run):
                why = why or because
                used.add(i)
        for at in run:
            reason, number = why, int(at)
            column = round((at - number) * 1000)
            yield number, text[number][max(column - 1, 0) :].strip(), reason


def main():
    if len(sys.argv) != 3:
        print(__doc__.strip().splitlines()[2], file=sys.stderr)
        return 2
    files = read_lcov(sys.argv[1])
    add_statements(sys.argv[2], files)
    split_generated(files)
    drop_braces(files)
    rows, used = read_reasons(), set()
    good = True
    totals = {layer: [0, 0, 0] for layer in LAYERS} # lines, reached, with a reason
    for name in sorted(f for f in files if layer_of(f)):
        layer = layer_of(name)
        lines = files[name]
        reached = sum(1 for count in lines.values() if count)
        totals[layer][0] += len(lines)
        totals[layer][1] += reached
        if lines:
            print(f"{100 * reached / len(lines):6.1f} %  {reached:5} of {len(lines):5}  {name}")
        if layer not in WANTED:
            continue
        for number, text, reason in explain(name, lines, rows, used):
            totals[layer][2] += reason is not None
            print(f"    {name}:{number}: {text[:80]}  -- {reason or 'NO REASON'}")
    for i, row in enumerate(rows):
        if i not in used:
            print(f"coverage: a row of {REASONS} explains nothing now: {' | '.join(row)}")
    print()
    for layer in LAYERS:
        lines, reached, explained = totals[layer]
        share = 100 * reached / lines if lines else 0
        print(f"{layer:8} {share:5.1f} % of {lines} lines reached", end="")
        if layer in WANTED:
            missing = lines - reached - explained
            print(f" (wanted: {WANTED[layer]:.0f} %); {lines - reached} not, of these {missing} without a reason", end="")
            good = good and share >= WANTED[layer] and missing == 0
        print()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
