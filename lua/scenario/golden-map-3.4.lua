--- RFC 2180 3.4: RENAME changes the name alone; whoever has the mailbox open goes on, and learns of it by using the old name.
return scenario {
  name = "golden-map-3.4",
  cites = "MAP-3.4-a MAP-3.4-b MAP-3.4-c MAP-3.4-d MAP-3.4-ex1 MAP-3.4-ex2 T-MAP-13",
  given = { FOO = { messages = 5, open_in = { 2 }, by = 2 } },
  play = [=[
    C1: RENAME FOO BAR
    S1: OK
    # MAP-3.4-ex1 MAP-3.4-b
    C2: FETCH 2:4 (FLAGS)
    S2: * 2 FETCH (FLAGS ())
    S2: * 3 FETCH (FLAGS ())
    S2: * 4 FETCH (FLAGS ())
    S2: OK
    C2: STORE 5 +FLAGS (\Deleted)
    S2: * 5 FETCH (FLAGS (\Deleted))
    S2: OK
    C2: SEARCH DELETED
    S2: * SEARCH 5
    S2: OK
    C2: EXPUNGE
    S2: * 5 EXPUNGE
    S2: OK
    # MAP-3.4-ex2 MAP-3.4-c MAP-3.4-d
    C2: STATUS FOO (MESSAGES)
    S2: NO
    C2: APPEND FOO {10}
      | Subject: x
    S2: NO
    C2: STATUS BAR (MESSAGES)
    S2: * STATUS BAR (MESSAGES 4)
    S2: OK
    C2: CLOSE
    S2: OK
  ]=],
}
