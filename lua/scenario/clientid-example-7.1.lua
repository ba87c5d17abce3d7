--- CLIENTID draft 7.1: capabilities in clear, STARTTLS, capabilities again, CLIENTID, LOGIN.
return scenario {
  name = "clientid-example-7.1",
  cites = "CID-7.1-ex CID-3.3-a CID-1-a",
  needs = "CLIENTID PLAIN STARTTLS",
  play = [=[
    @open C1 tls=plain login=no
    C1: CAPABILITY
    S1: * CAPABILITY STARTTLS ...
    S1!: * CAPABILITY CLIENTID ...
    S1: OK
    C1: STARTTLS
    S1: OK
    C1: CAPABILITY
    S1: * CAPABILITY CLIENTID ...
    S1: OK
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: OK
    C1: LOGIN $user(1) $pass(1)
    S1: OK
    @close C1
  ]=],
}
