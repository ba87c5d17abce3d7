--- RFC 2180 3.1: DELETE and RENAME of a mailbox that others have open are refused, and nothing changes.
return scenario {
  name = "golden-map-3.1",
  cites = "MAP-3.1-a MAP-3.1-ex MAP-2-a",
  given = { FOO = { messages = 3, open_in = { 2 }, by = 2 } },
  play = [=[
    C1: DELETE FOO
    S1: NO
    C1: RENAME FOO BAR
    S1: NO
    C2: FETCH 1:3 (UID)
    S2: * 1 FETCH (UID ...)
    S2: * 2 FETCH (UID ...)
    S2: * 3 FETCH (UID ...)
    S2: OK
    # whoever has it open by EXAMINE counts, too (2)
    C2: EXAMINE FOO
    C1: DELETE FOO
    S1: NO
    C2: CLOSE
    C1: DELETE FOO
    S1: OK
  ]=],
}
