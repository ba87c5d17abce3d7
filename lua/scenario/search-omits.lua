--- RFC 2180 4.3 (the second 4.2 of the draft, T-MAP-15): SEARCH leaves out what another client has expunged, and renumbers nothing.
return scenario {
  name = "search-omits",
  cites = "MAP-4.2x-a T-MAP-15 MAP-I1",
  given = { FOO = { messages = 7, deleted = "2:4", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    C2: SEARCH SUBJECT foo
    S2: * SEARCH 1 5 6 7
    S2: OK
    C2: SEARCH SUBJECT foo3
    S2: * SEARCH
    S2: OK
    C2: NOOP
    S2 x3: * 2 EXPUNGE
    S2: OK
    C2: SEARCH SUBJECT foo
    S2: * SEARCH 1 2 3 4
    S2: OK
  ]=],
}
