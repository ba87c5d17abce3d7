--- EXPUNGEISSUED only where another session expunged, and not in later replies.
return scenario {
  name = "codes",
  cites = "MAP-I12",
  must = true,
  given = { FOO = { messages = 4, deleted = "2", open_in = { 1, 2 } } },
  play = [=[
    C2: FETCH 1:4 (FLAGS)
    S2!: OK [EXPUNGEISSUED]
    S2: OK
    S2: ...
    C1: EXPUNGE
    C2: FETCH 1:4 (ENVELOPE)
    C2: NOOP
    @checkpoint
    C2: FETCH 1:3 (FLAGS)
    S2!: OK [EXPUNGEISSUED]
    S2: OK
    S2: ...
    C2: STORE 1 +FLAGS (\Seen)
    S2!: OK [EXPUNGEISSUED]
    S2: OK
    S2: ...
  ]=],
}
