--- RFC 2971 3.1: the example of a client that says who it is, and a server that does not.
return scenario {
  name = "golden-id-3.1",
  cites = "ID-3.1-ex1 ID-3.2-d",
  needs = "ID",
  play = [=[
    C1: ID ("name" "sodr" "version" "19.34" "vendor" "Pink Floyd Music Limited")
    S1: * ID NIL
    S1: OK
  ]=],
}
