--- In the selected state ID may carry what is pending: new messages, flags, and EXPUNGE, since it is not FETCH, STORE or SEARCH.
return scenario {
  name = "id-pending",
  cites = "ID-D2 ID-4-e",
  needs = "ID",
  given = { FOO = { messages = 3, deleted = "3", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    C2: ID NIL
    S2?: * ID ...
    S2?: * 3 EXPUNGE
    S2: OK
    C2: NOOP
    S2?: * 3 EXPUNGE
    S2: OK
    C2: FETCH 1:* (UID)
    S2: * 1 FETCH (UID ...)
    S2: * 2 FETCH (UID ...)
    S2: OK
  ]=],
}
