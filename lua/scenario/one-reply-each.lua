--- Every command has exactly one tagged reply, pipelined or not; a connection ends with BYE alone.
return scenario {
  name = "one-reply-each",
  cites = "MAP-I13",
  must = true,
  given = { FOO = { messages = 2, open_in = { 1 } } },
  play = [=[
    C1+: NOOP
    C1+: FETCH 1:2 (FLAGS)
    C1+: XNOSUCH
    C1+: SEARCH ALL
    C1: NOOP
    S1: OK
    S1: OK
    S1: BAD|NO
    S1: OK
    S1: OK
    S1: * 1 FETCH (FLAGS ...)
    S1: * 2 FETCH (FLAGS ...)
    S1: * SEARCH 1 2
    C1: LOGOUT
    S1: * BYE
    S1: OK
    @wait 300
    @close S1
  ]=],
}
