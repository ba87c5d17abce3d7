--- RFC 2180 4.2.4: STORE on living and expunged messages: nothing is stored, and it is answered NO; then it is tried again.
return scenario {
  name = "golden-map-4.2.4",
  cites = "MAP-4.2.4-a MAP-4.2.4-ex1 MAP-4.2.4-ex2 MAP-4.2.4-ex3 MAP-I10 T-MAP-8",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    # MAP-4.2.4-ex1
    C2: STORE 1:7 +FLAGS (\Seen)
    S2: NO
    # MAP-I10
    C3: EXAMINE FOO
    C3: SEARCH SEEN
    S3: * SEARCH
    S3: OK
    # MAP-4.2.4-ex2
    C2: NOOP
    S2 x4: * 4 EXPUNGE
    S2?: * 3 EXISTS
    S2: OK
    # MAP-4.2.4-ex3
    C2: STORE 1:3 +FLAGS (\Seen)
    S2: * 1 FETCH (FLAGS (\Seen))
    S2: * 2 FETCH (FLAGS (\Seen))
    S2: * 3 FETCH (FLAGS (\Seen))
    S2: OK
  ]=],
}
