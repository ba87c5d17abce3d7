--- RFC 2180 4.1.2: FETCH over messages that another client has expunged gives the others, and NO.
return scenario {
  name = "golden-map-4.1.2",
  cites = "MAP-4.1.2-a MAP-4.1.2-b MAP-4.1.2-ex1 MAP-4.1.2-ex2 MAP-I9",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    S1 x4: * 4 EXPUNGE
    S1: OK
    # MAP-4.1.2-ex1: 3 lives; 4 and 5 are gone, and C2 has not been told
    C2: FETCH 3:5 (ENVELOPE)
    S2: * 3 FETCH (ENVELOPE ...)
    S2: NO
    # MAP-4.1.2-b
    C2: FETCH 4:7 (ENVELOPE)
    S2: NO
    # MAP-4.1.2-ex2 MAP-I9
    C2: NOOP
    S2 x4: * 4 EXPUNGE
    S2?: * 3 EXISTS
    S2: OK
    C2: FETCH 3 (ENVELOPE)
    S2: * 3 FETCH (ENVELOPE (... foo3 ...))
    S2: OK
  ]=],
}
