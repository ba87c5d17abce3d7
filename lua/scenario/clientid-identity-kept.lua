--- CLIENTID draft 3.1, 3.2: the identity is kept for the rest of the connection, and handed to every mechanism (T-CID-14).
return scenario {
  name = "clientid-identity-kept",
  cites = "CID-3.2-e CID-3.1-f T-CID-14",
  needs = "CLIENTID USERS2",
  should = true,
  -- Only where the second user needs this identity.
  applies = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: LOGIN $user(2) $pass(2)
    S1: NO|BAD
    @close C1
    @open C2 login=no
    C2: CAPABILITY
    C2: CLIENTID UUID good-token
    S2: OK
    C2: LOGIN $user(2) $pass(2)
    S2: OK
    S2: ...
    @close C2
  ]=],
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    C1: CLIENTID UUID good-token
    C1: NOOP
    C1: LOGIN $user(2) not-the-password
    S1: NO|BAD
    C1: CAPABILITY
    C1: LOGIN $user(2) $pass(2)
    S1: OK
    S1: ...
    @close C1
    @open C2 login=no
    C2: CAPABILITY
    C2: CLIENTID UUID good-token
    C2: AUTHENTICATE PLAIN
    S2: +
    C2: $plain(2)
    S2: OK
    S2: ...
    @close C2
  ]=],
}
