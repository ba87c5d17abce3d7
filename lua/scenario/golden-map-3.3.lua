--- RFC 2180 3.3: DELETE succeeds, and whoever has the mailbox open is cut off with BYE.
return scenario {
  name = "golden-map-3.3",
  cites = "MAP-3.3-a MAP-3.3-ex T-MAP-12",
  given = { FOO = { messages = 3, open_in = { 2 }, examine_in = { 3 }, by = 2 } },
  play = [=[
    C1: DELETE FOO
    S1: OK
    C2: NOOP
    S2: * BYE
    @close S2
    C3: NOOP
    S3: * BYE
    @close S3
    C1: STATUS FOO (MESSAGES)
    S1: NO
  ]=],
}
