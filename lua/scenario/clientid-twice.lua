--- CLIENTID draft 3.4: after one valid CLIENTID any further one is rejected, whatever its arguments, also after a failed login.
return scenario {
  name = "clientid-twice",
  cites = "CID-3.4-3s",
  needs = "CLIENTID",
  must = true,
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: OK
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: BAD
    C1: CLIENTID LICENSE another
    S1: BAD
    C1: clientid uuid 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: BAD
    C1: LOGIN $user(1) not-the-password
    S1: NO|BAD
    # CID-3.4-3s T-CID-17: once per connection
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: BAD
    @close C1
  ]=],
}
