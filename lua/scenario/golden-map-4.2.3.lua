--- RFC 2180 4.2.3: STORE on living and expunged messages: the living are stored and told, and it is answered NO.
return scenario {
  name = "golden-map-4.2.3",
  cites = "MAP-4.2.3-a MAP-I10",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    C2: STORE 1:7 +FLAGS (\Seen)
    S2: * 1 FETCH (FLAGS (\Seen))
    S2: * 2 FETCH (FLAGS (\Seen))
    S2: * 3 FETCH (FLAGS (\Seen))
    S2: NO
    # MAP-I10
    C3: EXAMINE FOO
    C3: SEARCH SEEN
    S3: * SEARCH 1 2 3
    S3: OK
    C2: NOOP
    S2 x4: * 4 EXPUNGE
    S2?: * 3 EXISTS
    S2: OK
  ]=],
}
