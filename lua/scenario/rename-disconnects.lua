--- RFC 2180 3.3: RENAME succeeds, and whoever has the mailbox open is cut off with BYE; in IDLE, too.
return scenario {
  name = "rename-disconnects",
  cites = "MAP-3.3-a MAP-I13",
  needs = "IDLE",
  given = { FOO = { messages = 3, open_in = { 2 }, by = 2 } },
  play = [=[
    C2: IDLE
    S2: +
    C1: RENAME FOO BAR
    S1: OK
    @wait 300
    S2: * BYE
    @close S2
  ]=],
}
