--- CLIENTID draft 3.3: still listed after an accepted one, though a second will be rejected (T-CID-6).
return scenario {
  name = "clientid-listing-after",
  cites = "CID-3.3-d T-CID-6",
  needs = "CLIENTID",
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: OK
    C1: CAPABILITY
    S1: * CAPABILITY CLIENTID ...
    S1: OK
    @close C1
  ]=],
}
