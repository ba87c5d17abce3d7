--- RFC 2180 4.4.1: COPY of messages of which some are expunged is refused, the destination as before, and EXPUNGE is told.
return scenario {
  name = "copy-refused",
  cites = "R2180-4.4.1 MAP-I11",
  given = { FOO = { messages = 7, deleted = "4:7", open_in = { 1, 2 } }, BAR = {} },
  play = [=[
    C1: EXPUNGE
    C2: COPY 2,4:7 BAR
    S2?: * 4 EXPUNGE
    S2?: * 4 EXPUNGE
    S2?: * 4 EXPUNGE
    S2?: * 4 EXPUNGE
    S2?: * 3 EXISTS
    S2: NO
    # MAP-I11
    C1: STATUS BAR (MESSAGES)
    S1: * STATUS BAR (MESSAGES 0)
    S1: OK
  ]=],
}
