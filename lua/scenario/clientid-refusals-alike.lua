--- CLIENTID draft 5.1: a login refused for its identity reads like one refused for its password, and tells nothing.
return scenario {
  name = "clientid-refusals-alike",
  cites = "CID-5.1-7 CID-5.1-8",
  needs = "CLIENTID USERS2",
  should = true,
  compare = "refused",
  play = {
    "@open C1 login=no\nC1: CAPABILITY\nC1: CLIENTID UUID x\nC1: LOGIN $user(1) not-the-password\n@close C1\n",
    "@open C1 login=no\nC1: CAPABILITY\nC1: CLIENTID UUID x\nC1: LOGIN nobody-here not-the-password\n@close C1\n",
    "@open C1 login=no\nC1: CAPABILITY\nC1: CLIENTID UUID x\nC1: LOGIN $user(2) $pass(2)\n@close C1\n",
    "@open C1 login=no\nC1: CAPABILITY\nC1: LOGIN $user(2) $pass(2)\n@close C1\n",
  },
}
