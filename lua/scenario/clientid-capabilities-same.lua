--- CLIENTID changes no other capability.
return scenario {
  name = "clientid-capabilities-same",
  cites = "CID-D4",
  needs = "CLIENTID",
  must = true,
  compare = "last",
  play = {
    "@open C1 login=no\nC1: CAPABILITY\nC1: NOOP\nC1: CAPABILITY\n@close C1\n",
    "@open C1 login=no\nC1: CAPABILITY\nC1: CLIENTID UUID 23bf83be\nC1: CAPABILITY\n@close C1\n",
  },
}
