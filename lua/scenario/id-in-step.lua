--- An ID that was rejected takes up its own octets alone: the next pipelined command has its own reply.
return scenario {
  name = "id-in-step",
  cites = "ID-D3 ID-3.1-c T-ID-9",
  needs = "ID",
  must = true,
  play = [=[
    @open C1 login=no
    # ID-D3
    C1+: ID (
    C1: NOOP
    S1: BAD
    S1: OK
    C1+: ID ("a"
    C1: NOOP
    S1: BAD
    S1: OK
    C1+: ID foo
    C1+: ID NIL
    C1: NOOP
    S1: BAD
    S1: OK
    S1: OK
    S1: ...
    # ID-3.1-c: whatever becomes of an octet NUL in a literal, it is not NO (T-ID-9)
    C1: ID ("name" {1}
      | \x00)
    S1!: NO
    S1: ...
    @close C1
    @open C2 login=no
    C2: ID NIL
    S2: OK
    S2: ...
  ]=],
}
