--- CLIENTID changes neither the state of its connection nor anything of another connection.
return scenario {
  name = "clientid-state",
  cites = "CID-D4 CID-D5",
  needs = "CLIENTID",
  must = true,
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: OK
    # CID-D4: nobody is logged in
    C1: EXAMINE FOO
    S1: BAD|NO
    @open C2 login=no
    C2: CAPABILITY
    # CID-D5: another connection has its own
    C2: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S2: OK
    # CID-D5: the same identity twice is nobody's business
    C1: NOOP
    S1: OK
    # CID-D4
    C1: LOGIN $user(1) $pass(1)
    S1: OK
    # CID-D5
    C2: NOOP
    S2: OK
    @close C2
    @close C1
  ]=],
}
