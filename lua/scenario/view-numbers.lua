--- A session's numbers mean its own view: fixed at SELECT, changed by what it was told alone; the same UID is the same message.
return scenario {
  name = "view-numbers",
  cites = "MAP-I1 MAP-I2 MAP-I4 MAP-I5 MAP-I6 MAP-I7 MAP-I8 T-MAP-19",
  must = true,
  given = { FOO = { messages = 5, deleted = "1,3", open_in = { 1, 2 } } },
  applies = "C1: EXPUNGE\nS1: OK\nS1: ...\n", -- 4.1.4
  play = [=[
    C1: EXPUNGE
    # MAP-I1 MAP-I2: 2 is still the second, 5 the fifth
    C2: FETCH 2,5 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])
    S2!: * 2 FETCH (...foo4...)
    S2!: * 2 FETCH (...foo5...)
    S2!: * 5 FETCH (...foo4...)
    S2: ...
    C2: NOOP
    S2: OK
    S2: ...
    @checkpoint
    # MAP-I5 MAP-I2: by now everybody knows
    C2: FETCH 1:3 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])
    S2: * 1 FETCH (...foo2...)
    S2: * 2 FETCH (...foo4...)
    S2: * 3 FETCH (...foo5...)
    S2: OK
    S2: ...
    C1: APPEND FOO {17}
      | Subject: foo6
      |
      |
    @checkpoint
    # MAP-I6 MAP-I7 MAP-I8
    C2: FETCH 4 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])
    S2: * 4 FETCH (...foo6...)
    S2: OK
    S2: ...
    C2: FETCH $size+1 (FLAGS)
    S2!: * ... FETCH ...
    S2: ...
  ]=],
}
