"""imapdiff new and try: lua/README.md does what it says, block by block; every skeleton runs; every slip is one line."""
import os
import re
import shutil
import subprocess
import sys

TOP = os.getcwd()
BIN = os.path.abspath(os.environ.get("IMAPDIFF", os.path.join(TOP, "build/san/imapdiff")))
WORK = os.path.join(TOP, "build/tests/author")
bad = 0


def fail(text):
    global bad
    bad += 1
    print("FAILED: " + text)


def run(words, status, cwd=WORK):
    env = dict(os.environ, IMAPDIFF_LUA=os.path.join(TOP, "lua"))
    r = subprocess.run([BIN] + words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, text=True, timeout=120,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if r.returncode != status:
        fail("imapdiff %s: exit status %d, not %d\n%s" % (" ".join(words), r.returncode, status, r.stdout[-1500:]))
    return r.stdout


def tutorial():
    text = open("lua/README.md").read()
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.S | re.M)
    out = ""
    for kind, body in blocks:
        if kind == "sh":
            for line in body.splitlines():
                if not line.startswith("imapdiff "):
                    fail("lua/README.md: no command of imapdiff: " + line)
                else:
                    out = run(line.split()[1:], 0)
        elif kind == "lua":
            name = re.search(r'name +=\s*"([^"]+)"', body).group(1)
            if not os.path.exists(os.path.join(WORK, name + ".lua")):
                fail("lua/README.md changes %s.lua, which `imapdiff new` did not write" % name)
            open(os.path.join(WORK, name + ".lua"), "w").write(body)
        elif kind == "error":
            path = os.path.join(WORK, "refuse-while-idle.lua")
            right = open(path).read()
            open(path, "w").write(right.replace("ghost()", "ghots()"))
            if run(["try", "refuse-while-idle.lua"], 2) != "imapdiff: " + body:
                fail("lua/README.md: another error than " + body)
            open(path, "w").write(right)
        elif kind == "text":
            for line in body.splitlines():
                if line not in out:
                    fail("lua/README.md: the output lacks %r\n%s" % (line, out[:3000]))
        else:
            fail("lua/README.md: a block of kind " + kind)
    if [k for k, _ in blocks].count("sh") < 6:
        fail("lua/README.md has few commands")


def skeletons():
    """Each runs: the legal ones are accepted by the judge, the faults found by it."""
    points = [line.split()[0] for line in run(["list", "choices"], 0).splitlines() if line[:1] not in (" ", "")]
    if len(points) < 30:
        fail("few choice points: %d" % len(points))
    for point in points:
        name = "new-" + point.replace("_", "-")
        run(["new", "behaviour", name, "--point", point], 0)
        out = run(["try", name + ".lua", "--programs", "40"], 0)
        if point + ", asked as" not in out or "closed loop: 40 programs" not in out:
            fail("try of a skeleton for %s:\n%s" % (point, out))
    out = run(["new", "scenario", "new-scenario"], 0) + run(["try", "new-scenario.lua", "model:fetch-partial-no"], 0)
    if "as written" not in out:
        fail("the scenario's skeleton: " + out)
    out = run(["new", "profile", "vmime"], 0) + run(["try", "vmime.lua"], 0)
    if "profile of vmime, 3 known ways to part" not in out:
        fail("the profile's skeleton: " + out)


def put(name, text):
    open(os.path.join(WORK, name), "w").write(text)


# It calls itself a fault, and does what RFC 2180 4.1.1 permits: the judge cannot find it.
LIAR = '''return behaviour { name = "liar", point = "fetch.expunged", cites = "MAP-4.1.1-a", fault = true,
  FETCH = function(msgs, by) msgs:true_data() return OK "Fetched" end }
'''


def slips():
    put("there.lua", "")
    put("broken.lua", "return behaviour {\n  name = \n}\n")
    put("liar.lua", LIAR)
    put("empty.lua", "")
    for words, want in (
            (["new"], "expected behaviour, scenario or profile, and a name"),
            (["new", "behavior", "x"], "not `behavior` (nearest: behaviour)"),
            (["new", "behaviour", "X y"], "expected a name of 1 to 47"),
            (["new", "behaviour", "../x"], "expected a name of 1 to 47"),
            (["new", "behaviour", "refuse-delete"], "there is a behaviour `refuse-delete` already"),
            (["new", "behaviour", "x", "--point", "delete.in_us"], "(nearest: delete.in_use)"),
            (["new", "scenario", "x", "--point", "recent"], "--point is for a behaviour"),
            (["new", "behaviour", "there"], "there.lua is there already"),
            (["new", "behaviour", "x", "-o", "no/such/x.lua"], "cannot write no/such/x.lua: No such file"),
            (["new", "behaviour", "x", "-o", "/dev/full"], "/dev/full is there already"),
            (["try"], "expected a Lua file"),
            (["try", "none.lua"], "none.lua"),
            (["try", "broken.lua"], "broken.lua:3:"),
            (["try", "empty.lua"], "empty.lua"),
            (["try", "new-recent.lua", "dovecot"], "a target is for a scenario"),
            (["try", "new-scenario.lua", "model:refuse-delet"], "(nearest: refuse-delete)"),
            (["check", "model", "--scenario", "./new-scenaria.lua"], "(nearest: ./new-scenario.lua)")):
        out = run(words, 2)
        if want not in out or out.count("\n") != 1:
            fail("imapdiff %s: expected one line with %r: %s" % (" ".join(words), want, out))
    if os.path.getsize(os.path.join(WORK, "there.lua")) != 0:
        fail("new wrote over a file")
    out = run(["try", "liar.lua", "--programs", "40", "--seed", "3"], 1)
    if "NOT found; a fault must be seen" not in out:
        fail("a fault that does nothing: " + out)


shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(WORK)
tutorial()
skeletons()
slips()
print("author: %d failed" % bad)
sys.exit(1 if bad else 0)
