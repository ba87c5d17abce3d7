--- RFC 2180 4.1.4: EXPUNGE of a mailbox that others have open is refused; nothing is removed, and \Deleted stays.
return scenario {
  name = "golden-map-4.1.4",
  cites = "MAP-4.1.4-a T-MAP-21",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    S1: NO
    C2: FETCH 4:7 (FLAGS)
    S2: * 4 FETCH (FLAGS (\Deleted))
    S2: * 5 FETCH (FLAGS (\Deleted))
    S2: * 6 FETCH (FLAGS (\Deleted))
    S2: * 7 FETCH (FLAGS (\Deleted))
    S2: OK
  ]=],
}
