--- RFC 2971 3.3: what a client may send is accepted; over the limits OK and BAD are both legal, and the server goes on (T-ID-4).
local function pairs_of(n, field, value)
  local t = {}
  for i = 1, n do t[i] = ("\"%02d%s\" \"%s\""):format(i, ("f"):rep(field - 2), ("v"):rep(value)) end
  return "ID (" .. table.concat(t, " ") .. ")"
end
local within = {
  { "ID-3.3-d: a field of 29 octets", pairs_of(1, 29, 1) }, { "ID-3.3-d: of 30", pairs_of(1, 30, 1) },
  { "ID-3.3-e: a value of 1023 octets", pairs_of(1, 4, 1023) }, { "ID-3.3-e: of 1024", pairs_of(1, 4, 1024) },
  { "ID-3.3-e: 1024 octets after the escapes are gone", "ID (\"name\" \"" .. ("\\\\"):rep(1024) .. "\")" },
  { "ID-3.3-f: 29 pairs", pairs_of(29, 4, 1) }, { "ID-3.3-f: 30", pairs_of(30, 4, 1) },
  { "ID-3.3-d ID-3.3-e ID-3.3-f: the longest list that may be sent", pairs_of(30, 30, 1024) },
}
local over = {
  { "ID-3.3-d T-ID-4: a field of 31 octets", pairs_of(1, 31, 1) }, { "of 1024", pairs_of(1, 1024, 1) },
  { "ID-3.3-e T-ID-4: a value of 1025 octets", pairs_of(1, 4, 1025) }, { "of 8192", pairs_of(1, 4, 8192) },
  { "ID-3.3-f T-ID-4: 31 pairs", pairs_of(31, 4, 1) }, { "1000", pairs_of(99, 4, 1) },
  { "ID-3.3-l T-ID-4: a field twice", "ID (\"name\" \"a\" \"name\" \"b\")" },
  { "ID-3.3-l ID-3.3-c: twice, the letters' case apart", "ID (\"name\" \"a\" \"NAME\" \"b\")" },
}
local play = { "@open C1 login=no\nC2: NOOP\n" }
for _, v in ipairs(within) do
  play[#play + 1] = "# " .. v[1] .. "\nC1: " .. v[2] .. "\nS1: OK\nS1: ...\nC2: " .. v[2] .. "\nS2: OK\nS2: ...\n"
end
for _, v in ipairs(over) do
  play[#play + 1] = "# " .. v[1] .. "\nC1: " .. v[2] .. "\nS1: OK|BAD\nS1: ...\nC2: " .. v[2] .. "\nS2: OK|BAD\nS2: ...\n"
end
return scenario {
  name = "id-limits",
  cites = "ID-3.3-d ID-3.3-e ID-3.3-f ID-3.3-l T-ID-4",
  needs = "ID",
  should = true, -- the limits bind who sends; no clause says what must be taken
  play = table.concat(play) .. "C1: NOOP\nS1: OK\nC2: NOOP\nS2: OK\n",
}
