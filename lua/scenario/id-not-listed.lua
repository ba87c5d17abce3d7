--- RFC 2971 3: a server that does not list ID does not know it.
return scenario {
  name = "id-not-listed",
  cites = "ID-3-a ID-3.1-c",
  needs = "!ID",
  play = [=[
    C1: ID NIL
    S1!: * ID ...
    S1: BAD
    C1: NOOP
    S1: OK
  ]=],
}
