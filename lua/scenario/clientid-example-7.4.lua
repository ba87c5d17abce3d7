--- CLIENTID draft 7.4: a client is refused at LOGIN, not at CLIENTID; the example has BAD, RFC 3501 NO (T-CID-9).
return scenario {
  name = "clientid-example-7.4",
  cites = "CID-7.4-ex T-CID-9 CID-5.1-6",
  needs = "CLIENTID",
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: OK
    C1: LOGIN $user(1) not-the-password
    S1: BAD|NO
    @close C1
  ]=],
}
