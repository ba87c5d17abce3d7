--- CLIENTID draft 3.3, 4: listed while TLS is there and nobody is logged in, as the bare word; not after login.
return scenario {
  name = "clientid-listing",
  cites = "CID-3.3-a CID-3.3-b CID-3.3-d CID-4-b",
  needs = "SECURE",
  must = true,
  -- without login the word CLIENTID stands somewhere
  applies = [=[
    @open C1 login=no
    C1: CAPABILITY
    S1: * CAPABILITY CLIENTID... ...
    S1: OK
    @close C1
  ]=],
  play = [=[
    @open C1 login=no
    # CID-4-b: no value
    C1: CAPABILITY
    S1!: * CAPABILITY CLIENTID=... ...
    # CID-3.3-a
    S1: * CAPABILITY CLIENTID ...
    S1: OK
    # CID-3.3-d T-CID-12: in every further one
    C1: CAPABILITY
    S1: * CAPABILITY CLIENTID ...
    S1: OK
    C1: NOOP
    C1: CAPABILITY
    S1: * CAPABILITY CLIENTID ...
    S1: OK
    # CID-3.3-d: after a failed login, too
    C1: LOGIN $user(1) not-the-password
    S1: NO|BAD
    C1: CAPABILITY
    S1: * CAPABILITY CLIENTID ...
    S1: OK
    @close C1
    @open C2 login=no
    C2: CAPABILITY
    # CID-3.3-b: not with the OK of a login
    C2: LOGIN $user(1) $pass(1)
    S2!: * CAPABILITY CLIENTID ...
    S2!: * CAPABILITY CLIENTID=... ...
    S2: OK
    # CID-3.3-b: nor later
    C2: CAPABILITY
    S2!: * CAPABILITY CLIENTID ...
    S2!: * CAPABILITY CLIENTID=... ...
    S2: OK
    @close C2
  ]=],
}
