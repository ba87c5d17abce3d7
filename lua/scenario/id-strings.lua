--- RFC 2971 3.1, 3.3, 4: fields and values are any strings, values NIL too; any fields, in any number up to the limit, known or not.
local good = {
  { "ID-3.1-g: NIL for a value", "ID (\"os\" NIL)" }, { "ID-3.1-g: nil in small letters", "ID (\"os\" nil)" },
  { "ID-3.1-g T-ID-10: the string NIL", "ID (\"os\" \"NIL\")" }, { "ID-3.1-g: an empty value", "ID (\"os\" \"\")" },
  { "ID-3.3-a: an empty field", "ID (\"\" \"x\")" }, { "ID-3.3-a: unknown fields", "ID (\"x-imapdiff\" \"1\" \"colour\" \"blue\")" },
  { "ID-3.1-f: a literal for a field", "ID ({4}\n  | name \"x\")" }, { "ID-3.1-g: a literal for a value", "ID (\"name\" {3}\n  | abc)" },
  { "ID-3.1-g: an empty literal", "ID (\"name\" {0}\n  | )" }, { "ID-3.1-g: escapes", "ID (\"name\" \"a\\\"b\\\\c\")" },
  { "ID-3.3-a: 8 bits in a literal", "ID (\"name\" {2}\n  | \\xC3\\xBC)" }, { "ID-4-a: the command in small letters", "id nil" },
  { "ID-4-a: in mixed ones", "Id Nil" }, { "ID-3-l: nothing to say", "ID NIL" },
  { "ID-3.3-b: one of the defined fields", "ID (\"version\" \"1\")" },
  { "ID-3.3-b ID-3.3-g8: all of them", "ID (\"name\" \"a\" \"version\" \"1\" \"os\" \"b\" \"os-version\" \"2\" \"vendor\" \"c\" \"support-url\" " ..
    "\"mailto:a@example.org\" \"address\" \"d\" \"date\" \" 6-Feb-1996 12:00:00 +0000\" \"command\" \"e\" \"arguments\" \"f\" \"environment\" \"g\")" },
}
local play = {}
for _, v in ipairs(good) do
  play[#play + 1] = "# " .. v[1] .. "\nC1: " .. v[2] .. "\nS1: OK\nS1: ...\nC2: " .. v[2] .. "\nS2: OK\nS2: ...\n"
end
return scenario {
  name = "id-strings",
  cites = "ID-3.1-f ID-3.1-g ID-3.3-a ID-3.3-b ID-3-l ID-4-a",
  needs = "ID",
  must = true,
  play = "@open C1 login=no\nC2: NOOP\n" .. table.concat(play),
}
