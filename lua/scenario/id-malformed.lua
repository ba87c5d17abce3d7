--- RFC 2971 3.1, 4: what the grammar does not have is answered BAD, and takes up its own line and literals alone.
local bad = {
  { "ID-3.1-a: no argument", "ID" }, { "ID-3.1-a: two", "ID NIL NIL" }, { "ID-3.1-a: an atom", "ID foo" },
  { "ID-3.1-a T-ID-10: the string NIL", "ID \"NIL\"" }, { "ID-3.1-a: more behind the list", "ID (\"a\" \"b\") x" },
  { "ID-3.1-a: two lists", "ID (\"a\" \"b\") (\"c\" \"d\")" }, { "ID-3.1-e: a field without a value", "ID (\"name\")" },
  { "ID-3.1-e: three strings", "ID (\"a\" \"b\" \"c\")" }, { "ID-3.1-f: an atom for a field", "ID (name \"x\")" },
  { "ID-3.1-f: NIL for a field", "ID (NIL \"x\")" }, { "ID-3.1-g: an atom for a value", "ID (\"name\" x)" },
  { "ID-3.1-g: a list for a value", "ID (\"name\" (\"x\"))" }, { "ID-4-a: two blanks", "ID  NIL" },
  { "ID-4-a: TAB", "ID\\x09NIL" }, { "ID-4-a: no blank", "ID(\"a\" \"b\")" }, { "ID-4-c: two blanks in the list", "ID (\"a\"  \"b\")" },
  { "ID-4-c: a blank before the parenthesis", "ID (\"a\" \"b\" )" }, { "ID-4-c: a blank behind it", "ID ( \"a\" \"b\")" },
  { "ID-4-c: no blank between", "ID (\"a\"\"b\")" }, { "ID-4-c: no end", "ID (\"a\" \"b\"" }, { "ID-4-d: a list without parentheses", "ID \"a\" \"b\"" },
}
local play = {}
for _, v in ipairs(bad) do
  play[#play + 1] = "# " .. v[1] .. "\nC1: " .. v[2] .. "\nS1: BAD\nC2: " .. v[2] .. "\nS2: BAD\n"
end
return scenario {
  name = "id-malformed",
  cites = "ID-3.1-a ID-3.1-c ID-3.1-e ID-3.1-f ID-3.1-g ID-4-a ID-4-c ID-4-d ID-D3",
  needs = "ID",
  play = "@open C1 login=no\nC2: NOOP\n" .. table.concat(play) .. [=[
    # ID-D3: both are still in step
    C1: ID NIL
    S1: OK
    S1: ...
    C2: NOOP
    S2: OK
  ]=],
}
