--- Nothing limits how often a client may say who it is on one connection.
local play = { "@open C1 login=no\n" }
for i = 1, 20 do play[#play + 1] = ("C1: ID (\"name\" \"imapdiff\" \"version\" \"%d\")\nS1: OK\nS1: ...\n"):format(i) end
return scenario {
  name = "id-again",
  cites = "ID-D5 ID-3.1-d",
  needs = "ID",
  must = true,
  play = table.concat(play) .. "C1: LOGIN $user(1) $pass(1)\nS1: OK\nS1: ...\n" .. table.concat(play, "", 2),
}
