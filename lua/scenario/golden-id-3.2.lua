--- RFC 2971 3.2: the example of a client that does not say who it is, and a server that does.
return scenario {
  name = "golden-id-3.2",
  cites = "ID-3.2-ex2 ID-3.2-a ID-3.2-b ID-3-l",
  needs = "ID",
  play = [=[
    C1: ID NIL
    S1: * ID ("name" ...)
    S1: OK
  ]=],
}
