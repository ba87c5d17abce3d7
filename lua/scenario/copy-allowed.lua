--- RFC 2180 4.4.2: COPY of messages of which some are expunged copies all of them, and EXPUNGE is told.
return scenario {
  name = "copy-allowed",
  cites = "R2180-4.4.2 MAP-I11",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } }, BAR = {} },
  play = [=[
    C1: EXPUNGE
    C2: COPY 2,4:7 BAR
    S2?: * 4 EXPUNGE
    S2?: * 4 EXPUNGE
    S2?: * 4 EXPUNGE
    S2?: * 4 EXPUNGE
    S2?: * 3 EXISTS
    S2: OK
    C1: STATUS BAR (MESSAGES)
    S1: * STATUS BAR (MESSAGES 5)
    S1: OK
  ]=],
}
