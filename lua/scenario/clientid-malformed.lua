--- CLIENTID draft 3.2, 4: badly formatted arguments are rejected with BAD, and use nothing up.
local function letters(n) return ("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):rep(6):sub(1, n) end
local function bad(session, list)
  local t = { "@open C" .. session .. " login=no\nC" .. session .. ": CAPABILITY" }
  for _, v in ipairs(list) do
    t[#t + 1] = "# " .. v[1] .. "\nC" .. session .. ": CLIENTID" .. v[2] .. "\nS" .. session .. ": BAD"
  end
  t[#t + 1] = "# CID-3.4-3i: what was rejected does not use up the only one\nC" .. session ..
    ": CLIENTID UUID 23bf83be\nS" .. session .. ": OK\n@close C" .. session .. "\n"
  return table.concat(t, "\n")
end
local octets = {}
local odd = "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~" -- not `_`: T-CID-5
for i = 1, #odd do
  local c = odd:sub(i, i)
  octets[#octets + 1] = { "CID-3.2-c CID-4-e: an octet that is neither letter nor digit in the type", " A" .. c .. "B token" }
end
return scenario {
  name = "clientid-malformed",
  cites = "CID-3.2-c CID-3.1-c CID-4-d CID-3.4-3i",
  needs = "CLIENTID",
  must = true,
  play = bad(1, {
      { "CID-3.1-c CID-3.2-c CID-7.2-ex CID-3.1-a: one argument", " UUID" },
      { "CID-3.2-c CID-3.1-a: none", "" },
      { "CID-3.2-c: three arguments", " UUID a b" },
    }) .. bad(2, {
      { "CID-3.2-c CID-3.2-a: a type of 17 octets", " " .. letters(17) .. " token" },
      { "CID-3.2-c: a type of 1000 octets", " " .. ("A"):rep(1000) .. " token" },
      { "CID-3.2-c: an empty type", "  token" },
      { "CID-3.2-c: a quoted type", " \"UUID\" token" },
    }) .. bad(3, {
      { "CID-3.2-c CID-3.2-b: a token of 129 octets", " UUID " .. letters(129) },
      { "CID-3.2-c: a token of 1000 octets", " UUID " .. ("x"):rep(1000) },
      { "CID-3.2-c: an empty token", " UUID\\x20" },
      { "CID-3.2-c: octets of 8 bits in the token", " UUID gr\\xC3\\xBC\\xC3\\x9F" },
      { "CID-3.2-c: DEL in the token", " UUID a\\x7Fb" },
      { "CID-3.2-c: a control octet in the token", " UUID a\\x01b" },
      { "CID-3.2-c T-CID-10: TAB in the token", " UUID a\\x09b" },
    }) .. bad(4, {
      { "CID-4-d: two spaces before the type", "  UUID token" },
      { "CID-4-d: two spaces before the token", " UUID  token" },
      { "CID-4-d: a space at the end", " UUID token\\x20" },
      { "CID-4-d: TAB for a space", "\\x09UUID token" },
      { "CID-4-d: TAB before the token", " UUID\\x09token" },
    }) .. bad(5, octets),
}
