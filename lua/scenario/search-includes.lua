--- RFC 2180 4.3: SEARCH finds what another client has expunged until it is told.
return scenario {
  name = "search-includes",
  cites = "MAP-4.2x-a MAP-5-a",
  given = { FOO = { messages = 7, deleted = "2:4", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    C2: SEARCH SUBJECT foo
    S2: * SEARCH 1 2 3 4 5 6 7
    S2: OK
    C2: SEARCH SUBJECT foo3
    S2: * SEARCH 3
    S2: OK
  ]=],
}
