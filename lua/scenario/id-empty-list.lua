--- RFC 2971 4: the grammar's list may be empty (T-ID-2).
return scenario {
  name = "id-empty-list",
  cites = "ID-4-c T-ID-2 ID-3-l",
  needs = "ID",
  play = [=[
    @open C1 login=no
    C1: ID ()
    S1: OK
    S1: ...
    C2: ID ()
    S2: OK
    S2: ...
  ]=],
}
