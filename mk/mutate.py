#!/usr/bin/env python3
"""mutate.py: alters the .re files rule by rule and expects the proof of the lexers to notice each alteration.

  mutate.py [--percent N] [--seed N] [--file NAME.re] [--list] [--verbose]

One mutant is one alteration: a bound of a character class, an octet of a literal, its case-insensitivity, a repetition, an
alternative or a part left out, the place where a rule goes next, a number in the actions. Each mutant goes through the product
of automata (test_proof_tables); if that finds nothing, it is compiled and goes through the W-method suites. A mutant of
a regular expression that both let pass has an automaton equal to the unaltered one: "language unchanged". Anything else that
passes is a survivor, and then the exit status is 1. Not altered: the limit of 4 GiB, which is ours and no rule's. Run from the top of the sources; everything is written below build/mutate.
"""
import argparse
import glob
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

OUT = "build/mutate"
CC = os.environ.get("CC", "gcc")
CFLAGS = "-std=c17 -D_GNU_SOURCE -DNDEBUG -w -Igrammar -Itests/grammar".split()
SUITE = {"token.re": "test_proof_tokens"}  # the others: test_proof_lexers
HELPERS = "abnf dfa dot proof referee suite wmethod".split()

# ---- re2c's regular expressions -----------------------------------------------------------------------------------

TOKEN = re.compile(r"""\s*(?:(?P<cls>\[(?:\\.|[^\]\\])*\])|(?P<str>"(?:\\.|[^"\\])*")|(?P<istr>'(?:\\.|[^'\\])*')
                       |(?P<rep>\{\d+(?:,\d*)?\})|(?P<name>[A-Za-z_]\w*)|(?P<op>[()|*+?\\]))""", re.X)


def tokens(text):
    at, out = 0, []
    while text[at:].strip():
        m = TOKEN.match(text, at)
        if not m:
            raise ValueError("cannot read the expression: " + text[at:])
        out.append((m.lastgroup, m.group(m.lastgroup)))
        at = m.end()
    return out


class Parser:
    """alternation > difference > concatenation > repetition > atom; nodes are lists [kind, ...]."""

    def __init__(self, text):
        self.t, self.i = tokens(text), 0

    def peek(self):
        return self.t[self.i] if self.i < len(self.t) else (None, None)

    def take(self):
        self.i += 1
        return self.t[self.i - 1]

    def alternation(self):
        parts = [self.difference()]
        while self.peek() == ("op", "|"):
            self.take()
            parts.append(self.difference())
        return parts[0] if len(parts) == 1 else ["or"] + parts

    def difference(self):
        left = self.concatenation()
        while self.peek() == ("op", "\\"):
            self.take()
            left = ["diff", left, self.concatenation()]
        return left

    def concatenation(self):
        parts = []
        while self.peek()[0] is not None and self.peek() not in (("op", "|"), ("op", ")"), ("op", "\\")):
            parts.append(self.repetition())
        return parts[0] if len(parts) == 1 else ["cat"] + parts

    def repetition(self):
        node = self.atom()
        while self.peek()[0] == "rep" or self.peek() in (("op", "*"), ("op", "+"), ("op", "?")):
            node = ["rep", node, self.take()[1]]
        return node

    def atom(self):
        kind, text = self.take()
        if (kind, text) == ("op", "("):
            node = self.alternation()
            if self.take() != ("op", ")"):
                raise ValueError("a parenthesis is not closed")
            return node
        if kind == "op":
            raise ValueError("unexpected " + text)
        return [kind, text]


def show(n):
    if n[0] == "or":
        return "(" + " | ".join(map(show, n[1:])) + ")"
    if n[0] == "cat":
        return "(" + " ".join(map(show, n[1:])) + ")"
    if n[0] == "diff":
        return "(" + show(n[1]) + " \\ " + show(n[2]) + ")"
    if n[0] == "rep":
        return ("(%s)" if n[1][0] == "rep" else "%s") % show(n[1]) + n[2]
    return n[1]


ESCAPE = {"n": 10, "r": 13, "t": 9}


def octets_of(body):
    """The octets of a class's or string's inside, each with a flag: is it a range's dash?"""
    out, i = [], 0
    while i < len(body):
        if body[i] == "\\" and body[i + 1] == "x":
            out.append((int(body[i + 2:i + 4], 16), False))
            i += 4
        elif body[i] == "\\":
            out.append((ESCAPE.get(body[i + 1], ord(body[i + 1])), False))
            i += 2
        else:
            out.append((ord(body[i]), body[i] == "-"))
            i += 1
    return out


def ranges_of(body):
    o, out, i = octets_of(body), [], 0
    while i < len(o):
        if i + 2 < len(o) and o[i + 1][1]:
            out.append([o[i][0], o[i + 2][0]])
            i += 3
        else:
            out.append([o[i][0], o[i][0]])
            i += 1
    return out


def class_text(ranges):
    return "[" + "".join("\\x%02x" % lo if lo == hi else "\\x%02x-\\x%02x" % (lo, hi) for lo, hi in ranges) + "]"


def class_mutants(text):
    r = ranges_of(text[1:-1])
    for i, (lo, hi) in enumerate(r):
        if len(r) > 1:
            yield "class without a member", class_text(r[:i] + r[i + 1:])
        for what, a, b in (("lower bound - 1", lo - 1, hi), ("lower bound + 1", lo + 1, hi),
                           ("upper bound - 1", lo, hi - 1), ("upper bound + 1", lo, hi + 1)):
            if 0 <= a <= b <= 255:
                yield "class " + what, class_text(r[:i] + [[a, b]] + r[i + 1:])


def string_mutants(kind, text):
    o = [c for c, _ in octets_of(text[1:-1])]
    letters = any(chr(c).isalpha() for c in o if c < 128)
    quote = "'" if kind == "istr" else '"'
    for i, c in enumerate(o):
        other = o[:i] + [c ^ 1] + o[i + 1:]
        yield "octet %d changed" % i, quote + "".join("\\x%02x" % x if not chr(x).isalnum() else chr(x) for x in other) + quote
        if len(o) > 1:
            less = o[:i] + o[i + 1:]
            yield "octet %d left out" % i, quote + "".join("\\x%02x" % x if not chr(x).isalnum() else chr(x) for x in less) + quote
    if letters:
        yield ("case matters", '"' + text[1:-1] + '"') if kind == "istr" else ("case ignored", "'" + text[1:-1] + "'")


def repeat_mutants(text):
    if text in "*+?":
        for other, what in (("*", "none or more"), ("+", "one or more"), ("?", "at most one"), ("", "exactly one")):
            if other != text:
                yield "repetition: " + what, other
        return
    m = re.fullmatch(r"\{(\d+)(,(\d*))?\}", text)
    lo, comma, hi = int(m[1]), m[2] is not None, m[3]
    for a in (lo - 1, lo + 1):
        if a >= 0 and (not hi or a <= int(hi)):
            if not comma and a == 0:
                continue
            yield "repetition from %d" % a, "{%d%s}" % (a, "," + hi if comma else "")
    if hi:
        for b in (int(hi) - 1, int(hi) + 1):
            if b >= max(lo, 1):
                yield "repetition to %d" % b, "{%d,%d}" % (lo, b)


def mutants(n):
    """Each altered copy of a tree, with a word on what was altered."""
    if n[0] == "cls":
        for what, text in class_mutants(n[1]):
            yield what, ["cls", text]
    elif n[0] in ("str", "istr"):
        for what, text in string_mutants(n[0], n[1]):
            yield what, ["str", text]
    elif n[0] == "rep":
        for what, text in repeat_mutants(n[2]):
            yield what, ["rep", n[1], text] if text else n[1]
        for what, inner in mutants(n[1]):
            yield what, ["rep", inner, n[2]]
    elif n[0] in ("or", "cat"):
        for i in range(1, len(n)):
            rest = n[:i] + n[i + 1:]
            yield ("alternative" if n[0] == "or" else "part") + " %d left out" % i, rest[1] if len(rest) == 2 else rest
            for what, inner in mutants(n[i]):
                yield what, n[:i] + [inner] + n[i + 1:]
    elif n[0] == "diff":
        yield "nothing taken away", n[1]
        for i in (1, 2):
            for what, inner in mutants(n[i]):
                yield what, n[:i] + [inner] + n[i + 1:]


# ---- .re files -------------------------------------------------------------------------------------------------------

RULE = re.compile(r"^(\s*<[\w,\s]+>\s+)(.*?)(\s*\{ .*\})\s*$")
DEFINITION = re.compile(r"^(\s*\w+\s*=\s)(.*?)(;)\s*$")
ARROW = re.compile(r"\b(?!FAIL)([A-Z_]+)\((\w+)")
LIMIT = re.compile(r"\b(?:16|128|4096|UINT32_MAX|INT64_MAX)\b")


def statements(lines):
    """(first line, last line, text joined) of what stands between re2c's brackets, with continued definitions joined."""
    inside, start, text = False, None, ""
    for i, line in enumerate(lines):
        if line.strip().startswith("/*!re2c"):
            inside = True
        elif line.strip() == "*/":
            inside = False
        elif inside and line.strip():
            start, text = (i, line) if start is None else (start, text + " " + line.strip())
            if line.rstrip().endswith((";", "}")):
                yield start, i, text
                start = None


def all_mutants(path):
    lines = open(path).read().split("\n")
    conditions = []
    for _, _, text in statements(lines):
        m = re.match(r"\s*<([\w,\s]+)>", text)
        conditions += [c.strip() for c in m[1].split(",") if c.strip() not in conditions] if m else []
    for first, last, text in statements(lines):
        m = RULE.match(text) or DEFINITION.match(text)
        if not m or "re2c:" in text or m[2].strip() == "*":
            continue

        def altered(new):
            return "\n".join(lines[:first] + [new] + [""] * (last - first) + lines[last + 1:])

        for what, tree in mutants(Parser(m[2]).alternation()):
            yield first + 1, m[1].strip(), what, "expression", altered(m[1] + show(tree) + m[3])
        if text.lstrip().startswith("<"):
            for a in ARROW.finditer(m[3]):
                if a[2] in conditions:
                    other = conditions[(conditions.index(a[2]) + 1) % len(conditions)]
                    action = m[3][:a.start(2)] + other + m[3][a.end(2):]
                    yield first + 1, m[1].strip(), "%s leads to %s" % (a[0], other), "action", altered(m[1] + m[2] + action)
    for i, line in enumerate(lines):
        if line.lstrip().startswith(("/*", "//", "*")) or "assert" in line or "n > UINT32_MAX" in line or "clipped" in line or "LEX_LIMIT" in line:
            continue
        for m in LIMIT.finditer(line):
            for change in ("+ 1", "- 1"):
                if m[0] == "INT64_MAX" and change == "+ 1":
                    new = "((uint64_t)INT64_MAX + 1)"
                elif m[0] == "UINT32_MAX":
                    new = "((uint64_t)UINT32_MAX %s)" % change
                else:
                    new = "(%s %s)" % (m[0], change)
                yield i + 1, line.strip()[:30], m[0] + " " + change, "number", \
                    "\n".join(lines[:i] + [line[:m.start()] + new + line[m.end():]] + lines[i + 1:])


# ---- running -----------------------------------------------------------------------------------------------------------

def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def must(command):
    r = run(command)
    if r.returncode:
        sys.exit("mutate: %s failed:\n%s" % (" ".join(command), r.stdout))


def generate(path, out):
    flags = re.match(r"// re2c: (.*)", open(path).readline())
    return run(["re2c", "-i", "--no-generation-date", *(flags[1].split() if flags else []), "-o", out, path])


def prepare():
    """Everything that no mutant alters, compiled once."""
    os.makedirs(OUT, exist_ok=True)
    objects, jobs = {}, []
    for f in sorted(glob.glob("grammar/*.c")) + ["tests/grammar/%s.c" % h for h in HELPERS]:
        o = "%s/%s.o" % (OUT, f.replace("/", "-")[:-2])
        objects[f] = o
        jobs.append([CC, *CFLAGS, "-O1", "-c", f, "-o", o])
    for f in sorted(glob.glob("grammar/*.re")):
        c, o = "%s/%s.c" % (OUT, os.path.basename(f)), "%s/%s.o" % (OUT, os.path.basename(f))
        r = generate(f, c)
        if r.returncode:
            sys.exit("mutate: re2c fails on the unaltered %s:\n%s" % (f, r.stdout))
        objects[f] = o
        jobs.append([CC, *CFLAGS, "-O1", "-c", c, "-o", o])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(must, jobs))
    must([CC, *CFLAGS, "-O1", "tests/grammar/test_proof_tables.c", *objects.values(), "-o", OUT + "/tables"])
    return objects


def judge(number, name, mutant, objects):
    """killed by: tables, suite, compiler; or None."""
    line, where, what, kind, text = mutant
    folder = "%s/%d" % (OUT, number)
    os.makedirs(folder, exist_ok=True)
    path = "%s/%s" % (folder, name)
    open(path, "w").write(text)
    env = dict(os.environ, PROOF_GRAMMAR=folder, PROOF_ONLY=name)
    try:
        r = generate(path, path + ".c")
        if r.returncode:
            return "re2c refuses it", r.stdout
        r = run([OUT + "/tables"], env=env, timeout=60)
        if r.returncode:
            return "tables", r.stdout
        suite = "tests/grammar/%s.c" % SUITE.get(name, "test_proof_lexers")
        others = [o for f, o in objects.items() if f != "grammar/" + name]
        r = run([CC, *CFLAGS, "-O1", path + ".c", suite, *others, "-o", folder + "/suite"])
        if r.returncode:
            return "the compiler refuses it", r.stdout
        r = run([folder + "/suite"], env=dict(env, PROOF_FIRST="1"), timeout=60)
        return ("suite" if r.returncode else None), r.stdout
    except subprocess.TimeoutExpired:
        return "it does not end", ""
    finally:
        for f in glob.glob(folder + "/*"):
            os.remove(f)
        os.rmdir(folder)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--percent", type=float, default=100)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--file")
    p.add_argument("--list", action="store_true")
    p.add_argument("--verbose", action="store_true")
    a = p.parse_args()
    todo = [(os.path.basename(f), m) for f in sorted(glob.glob("grammar/*.re"))
            if not a.file or os.path.basename(f) == a.file for m in all_mutants(f)]
    if a.list:
        for name, m in todo:
            print("%s:%d: %s: %s: %s" % (name, m[0], m[1], m[3], m[2]))
        return 0
    chosen = todo if a.percent >= 100 else random.Random(a.seed).sample(todo, max(1, round(len(todo) * a.percent / 100)))
    objects = prepare()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(lambda x: judge(x[0], x[1][0], x[1][1], objects), enumerate(chosen)))
    count, survivors = {}, 0
    for (name, m), (killer, output) in zip(chosen, ends):
        if killer is None and m[3] == "expression":
            killer = "language unchanged"
        if killer is None:
            survivors += 1
            killer = "SURVIVED"
        count[killer] = count.get(killer, 0) + 1
        if a.verbose or killer == "SURVIVED":
            print("%s: %s:%d: %s: %s" % (killer, name, m[0], m[1], m[2]))
    for killer in sorted(count):
        print("mutate: %-24s %d" % (killer, count[killer]))
    print("mutate: %d of %d mutants tried (seed %d), %d survived" % (len(chosen), len(todo), a.seed, survivors))
    return survivors > 0


if __name__ == "__main__":
    sys.exit(main())
