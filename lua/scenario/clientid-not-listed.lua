--- CLIENTID draft 1, 3.3: a server on which it is not enabled does not list it and answers BAD.
return scenario {
  name = "clientid-not-listed",
  cites = "CID-1-a CID-3.3-c CID-7.3-ex",
  needs = "!CLIENTID",
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    S1!: * CAPABILITY CLIENTID ...
    S1: OK
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: BAD
    @close C1
  ]=],
}
