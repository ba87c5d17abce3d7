--- RFC 2971 8: many connections that each say much before login; the server goes on, and what is said stays inside its line.
local value = ("v"):rep(1000)
local t = {}
for i = 1, 30 do t[i] = ("\"field-%02d\" \"%s\""):format(i, value) end
local much = "ID (" .. table.concat(t, " ") .. ")"
local play = {}
for s = 1, 12 do
  play[#play + 1] = ("@open C%d login=no\nC%d: %s\nS%d: OK|BAD\nS%d: ...\n"):format(s, s, much, s, s)
end
play[#play + 1] = [=[
# ID-8-d: line ends, a format and an escape sequence in a value
@open C20 login=no
C20: ID ("name" {17}
  | x
  | * BYE forged
  |)
S20: OK|BAD
S20: ...
C20: ID ("name" "%s%n%s" "os" {5}
  | \x1B[31m)
S20: OK|BAD
S20: ...
C20: NOOP
S20: OK
]=]
for s = 1, 12 do play[#play + 1] = ("C%d: NOOP\nS%d: OK\n@close C%d\n"):format(s, s, s) end
play[#play + 1] = "C21: NOOP\nS21: OK\n"
return scenario {
  name = "id-flood",
  cites = "ID-8-d",
  needs = "ID",
  must = true,
  play = table.concat(play),
}
