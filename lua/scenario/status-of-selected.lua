--- STATUS of the selected mailbox: the own view, the truth, or NO (T-MAP-10).
return scenario {
  name = "status-of-selected",
  cites = "T-MAP-10",
  given = { FOO = { messages = 4, deleted = "2", open_in = { 1, 2 } } },
  play = [=[
    C1: EXPUNGE
    C2: STATUS FOO (MESSAGES)
    S2?: * 2 EXPUNGE
    S2: * STATUS FOO (MESSAGES 3)
    S2: OK
  ]=],
}
