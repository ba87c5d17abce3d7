--- RFC 4315: APPENDUID and COPYUID name what is there.
return scenario {
  name = "uidplus",
  cites = "MAP-I16",
  needs = "UIDPLUS",
  given = { FOO = { messages = 3, open_in = { 1 } }, BAR = {} },
  play = [=[
    C1: APPEND FOO {17}
      | Subject: foo4
      |
      |
    S1: OK [APPENDUID ...]
    C1: COPY 1:2 BAR
    S1: OK [COPYUID ...]
    C1: UID COPY $uid(FOO,3) BAR
    S1: OK [COPYUID ...]
    C2: SELECT BAR
    C2: UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])
    S2: * 1 FETCH (...foo1...)
    S2: * 2 FETCH (...foo2...)
    S2: * 3 FETCH (...foo3...)
    S2: OK
    S2: ...
  ]=],
}
