--- RFC 2180 4.2.1: STORE with .SILENT is answered OK where all that live were stored.
return scenario {
  name = "golden-map-4.2.1",
  cites = "MAP-4.2.1-a MAP-4.2.1-ex T-MAP-14 T-MAP-18",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    # MAP-4.2.1-a
    C2: STORE 1:7 +FLAGS.SILENT (\Seen)
    S2: OK
    C3: EXAMINE FOO
    C3: FETCH 1:3 (FLAGS)
    S3: * 1 FETCH (FLAGS (\Seen))
    S3: * 2 FETCH (FLAGS (\Seen))
    S3: * 3 FETCH (FLAGS (\Seen))
    S3: OK
    # MAP-4.2.1-a T-MAP-18: none lives, so all that live were stored
    C2: STORE 5:7 +FLAGS.SILENT (\Flagged)
    S2: OK
  ]=],
}
