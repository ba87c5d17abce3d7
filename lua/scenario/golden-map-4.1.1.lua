--- RFC 2180 4.1.1: messages that another client expunged can be fetched until EXPUNGE is told.
return scenario {
  name = "golden-map-4.1.1",
  cites = "MAP-4.1.1-a MAP-4.1.1-b MAP-4.1.1-ex1 MAP-4.1.1-ex2 MAP-4.1.1-ex3 T-MAP-2 T-MAP-9 T-MAP-20",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    S1 x4: * 4 EXPUNGE
    S1: OK
    # MAP-4.1.1-ex1
    C2: FETCH 4:7 (RFC822)
    S2: * 4 FETCH (RFC822 ...foo4...)
    S2: * 5 FETCH (RFC822 ...foo5...)
    S2: * 6 FETCH (RFC822 ...foo6...)
    S2: * 7 FETCH (RFC822 ...foo7...)
    S2: OK
    # MAP-4.1.1-ex2
    C2: NOOP
    S2 x4: * 4 EXPUNGE
    S2?: * 3 EXISTS
    S2: OK
    # MAP-4.1.1-b MAP-4.1.1-ex3 (T-MAP-9)
    C2: FETCH 4:7 (RFC822)
    S2: NO|BAD
  ]=],
}
