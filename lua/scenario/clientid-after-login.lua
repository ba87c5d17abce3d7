--- CLIENTID draft 3.4, 4: outside the non-authenticated state it is rejected.
return scenario {
  name = "clientid-after-login",
  cites = "CID-3.4-2s CID-4-c",
  needs = "CLIENTID",
  must = true,
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: LOGIN $user(1) $pass(1)
    S1: OK
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: BAD
    C1: CREATE FOO
    C1: SELECT FOO
    S1: OK
    S1: ...
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: BAD
    C1: CLOSE
    C1: DELETE FOO
    @close C1
  ]=],
}
