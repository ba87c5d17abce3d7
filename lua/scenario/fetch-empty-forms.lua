--- RFC 2180 4.1.3: the empty form of each data item.
return scenario {
  name = "fetch-empty-forms",
  cites = "MAP-4.1.3-a MAP-4.1.3-e1 MAP-4.1.3-e2 MAP-4.1.3-e3 MAP-4.1.3-e4 MAP-4.1.3-e5 MAP-4.1.3-e6 MAP-4.1.3-e7 MAP-4.1.3-e8 MAP-4.1.3-e9",
  given = { FOO = { messages = 3, deleted = "2", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    C2: FETCH 1:2 (ENVELOPE FLAGS INTERNALDATE RFC822.SIZE)
    S2: * 1 FETCH (...)
    # MAP-4.1.3-e1 MAP-4.1.3-e2 MAP-4.1.3-e3 MAP-4.1.3-e7 T-MAP-5 T-MAP-6
    S2: * 2 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) FLAGS () INTERNALDATE "00-Jan-0000 00:00:00 +0000" RFC822.SIZE 0)
    S2: OK
    C2: FETCH 1:2 (RFC822 RFC822.HEADER RFC822.TEXT)
    S2: * 1 FETCH (...)
    # MAP-4.1.3-e4 MAP-4.1.3-e5 MAP-4.1.3-e6
    S2: * 2 FETCH (RFC822 "" RFC822.HEADER "" RFC822.TEXT "")
    S2: OK
    S2: ...
    C2: FETCH 1:2 (BODY BODYSTRUCTURE)
    S2: * 1 FETCH (...)
    # MAP-4.1.3-e8 MAP-4.1.3-e9
    S2: * 2 FETCH (BODY ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0) BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0))
    S2: OK
    C2: FETCH 1:2 (BODY.PEEK[TEXT] BODY.PEEK[]<0.10>)
    S2: * 1 FETCH (...)
    # MAP-4.1.3-e10 MAP-4.1.3-e11
    S2: * 2 FETCH (BODY[TEXT] "" BODY[]<0> "")
    S2: OK
  ]=],
}
