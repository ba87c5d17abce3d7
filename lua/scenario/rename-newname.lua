--- RFC 2180 3.4: the NO to the old name tells the new one in the code NEWNAME (RFC 2060 alone has it, T-MAP-13).
return scenario {
  name = "rename-newname",
  cites = "MAP-3.4-d MAP-3.4-ex2 T-MAP-13",
  given = { FOO = { messages = 1, open_in = { 2 }, by = 2 } },
  play = [=[
    C1: RENAME FOO BAR
    S1: OK
    C2: STATUS FOO (MESSAGES)
    S2: NO [NEWNAME FOO BAR]
    C2: STATUS BAR (MESSAGES)
    S2: * STATUS BAR (MESSAGES 1)
    S2: OK
  ]=],
}
