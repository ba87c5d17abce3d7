--- RFC 3501 7.4.1, RFC 2180 4: EXPUNGE is not told in answer to FETCH, STORE or SEARCH; the numbers stay until NOOP.
return scenario {
  name = "expunge-silent-in-fetch",
  cites = "MAP-4-a MAP-4.1-sc MAP-I3 MAP-I1 MAP-I5",
  must = true,
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    # MAP-4-a MAP-I3
    C2: FETCH 1:3 (FLAGS)
    S2!: * ... EXPUNGE
    S2: ...
    C2: STORE 2 +FLAGS (\Seen)
    S2!: * ... EXPUNGE
    S2: ...
    C2: SEARCH ALL
    S2!: * ... EXPUNGE
    S2: ...
    # MAP-I1 MAP-I2: 3 is still the third
    C2: FETCH 3 (ENVELOPE)
    S2!: * ... EXPUNGE
    S2!: * 3 FETCH (ENVELOPE (... foo4 ...))
    S2: ...
  ]=],
}
