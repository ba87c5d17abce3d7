--- RFC 2180 4.2.2: STORE on expunged messages alone is answered NO and nothing else.
return scenario {
  name = "golden-map-4.2.2",
  cites = "MAP-4.2.2-a MAP-4.2.2-ex",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    C2: STORE 5:7 +FLAGS (\Seen)
    S2: NO
    C2: NOOP
    S2 x4: * 4 EXPUNGE
    S2: OK
  ]=],
}
