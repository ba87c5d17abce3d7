--- CLIENTID draft 5.1, 5.3: a server may ask for an identity at login; this one does not.
return scenario {
  name = "clientid-login-policy",
  cites = "CID-5.1-1 CID-1-b CID-5.3-1 CID-5.3-2 CID-5.3-3 CID-5.3-4 CID-5.3-5",
  needs = "CLIENTID",
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: LOGIN $user(1) $pass(1)
    S1: OK
    @open C2 login=no
    C2: CAPABILITY
    C2: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    C2: LOGIN $user(1) $pass(1)
    S2: OK
    @open C3 login=no
    C3: CAPABILITY
    C3: CLIENTID LICENSE another
    C3: LOGIN $user(1) $pass(1)
    S3: OK
    @close C1
    @close C2
    @close C3
  ]=],
}
