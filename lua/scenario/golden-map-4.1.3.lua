--- RFC 2180 4.1.3: FETCH gives empty data for messages that another client has expunged; for these alone it is answered NO.
return scenario {
  name = "golden-map-4.1.3",
  cites = "MAP-4.1.3-a MAP-4.1.3-b MAP-4.1.3-ex1 MAP-4.1.3-ex2 MAP-4.1.3-e1 T-MAP-7 T-MAP-17",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    # MAP-4.1.3-ex1 MAP-4.1.3-e1
    C2: FETCH 3:5 (ENVELOPE)
    S2: * 3 FETCH (ENVELOPE (... foo3 ...))
    S2: * 4 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))
    S2: * 5 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))
    S2: OK
    # MAP-4.1.3-b MAP-4.1.3-ex2 T-MAP-17
    C2: FETCH 4:7 (ENVELOPE)
    S2: NO
    C2: NOOP
    S2 x4: * 4 EXPUNGE
    S2: OK
  ]=],
}
