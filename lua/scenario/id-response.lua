--- RFC 2971 3.2, 4: the response is data like any other, its list as strict as the command's, within the sender's limits.
-- The grammar of every response, its limits (30 octets, 1024 octets, 30 pairs, no field twice) and its date are the judge's work.
return scenario {
  name = "id-response",
  cites = "ID-3.2-b ID-4-b ID-4-e ID-3.3-d ID-3.3-e ID-3.3-f ID-3.3-l ID-3.3-g8 ID-3-k ID-8-c",
  needs = "ID",
  play = [=[
    @open C1 login=no
    C1: ID NIL
    S1!: * ID ...\x20)
    S1: * ID (...)
    S1: OK
    C1: LOGIN $user(1) $pass(1)
    C1: ID ("name" "imapdiff")
    S1!: * ID ...\x20)
    S1: * ID (...)
    S1: OK
  ]=],
}
