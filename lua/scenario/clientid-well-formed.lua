--- CLIENTID draft 3.2, 4: every well formed CLIENTID is accepted, in any case of letters, its token taken as it stands.
local function letters(n) return ("abcdefghijklmnopqrstuvwxyz"):rep(5):sub(1, n) end
local all = {}
for c = 0x21, 0x7e do all[#all + 1] = string.char(c) end
local vectors = {
  { "CID-3.2-d: a type of one letter", "CLIENTID A token" },
  { "CID-3.2-d: a type of one digit, which both readings have (T-CID-3)", "CLIENTID 7 token" },
  { "CID-3.2-d: a type of 15 octets", "CLIENTID " .. letters(15) .. " token" },
  { "CID-3.2-d: a type of 16 octets", "CLIENTID " .. letters(16) .. " token" },
  { "CID-3.2-d: a token of one octet", "CLIENTID UUID x" },
  { "CID-3.2-d: a token of 127 octets", "CLIENTID UUID " .. letters(127) },
  { "CID-3.2-d: a token of 128 octets", "CLIENTID UUID " .. letters(128) },
  { "CID-4-f: all 94 octets that may stand in a token", "CLIENTID UUID " .. table.concat(all) },
  { "CID-4-f T-CID-7: quotes are octets of the token", "CLIENTID UUID \"abc\"" },
  { "CID-4-f T-CID-7: one quote", "CLIENTID UUID \"" },
  { "CID-4-f T-CID-7: NIL is a token", "CLIENTID UUID NIL" },
  { "CID-4-f T-CID-7: parentheses", "CLIENTID UUID (x)" },
  { "CID-4-f T-CID-7: list wildcards and a backslash", "CLIENTID UUID %*\\" },
  { "CID-4-a: the command in small letters", "clientid UUID token" },
  { "CID-4-a: in mixed ones", "cLiEnTiD UUID token" },
  { "CID-4-a T-CID-8: the type in small letters", "CLIENTID uuid token" },
}
local play = {}
for i, v in ipairs(vectors) do
  play[#play + 1] = ("@open C%d login=no\nC%d: CAPABILITY\n# %s\nC%d: %s\nS%d: OK\n@close C%d\n"):format(i, i, v[1], i, v[2], i, i)
end
return scenario {
  name = "clientid-well-formed",
  cites = "CID-3.2-d CID-4-a CID-4-f",
  needs = "CLIENTID",
  must = true,
  -- A server that refuses by policy (5.1, T-CID-1) cannot be told from one that cannot read.
  applies = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: CLIENTID Qxzj 5b6e9a3c
    S1: OK
    @close C1
    @open C2 login=no
    C2: CAPABILITY
    C2: CLIENTID UUID 7f0d6a11
    S2: OK
    @close C2
  ]=],
  play = table.concat(play),
}
