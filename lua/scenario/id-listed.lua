--- RFC 2971 3: the atom ID in the capability list tells whether ID will be accepted.
return scenario {
  name = "id-listed",
  cites = "ID-3-a ID-3-l ID-3.1-c",
  needs = "ID",
  must = true,
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: LOGIN $user(1) $pass(1)
    C1: CAPABILITY
    S1: * CAPABILITY ID ...
    S1: OK
    # ID-3-a ID-3.1-c
    C1: ID NIL
    S1: OK
    S1: ...
  ]=],
}
