--- RFC 3501 2.3.1.1: a mailbox made anew has a new UIDVALIDITY or higher UIDs; only the judge can compare them.
return scenario {
  name = "recreated-mailbox",
  cites = "MAP-I8 MAP-3.2-b",
  given = { FOO = { messages = 3 } },
  play = [=[
    C1: SELECT FOO
    C1: FETCH 1:3 (UID)
    C1: CLOSE
    C1: DELETE FOO
    S1: OK
    C1: CREATE FOO
    S1: OK
    C1: APPEND FOO {17}
      | Subject: foo4
      |
      |
    C1: SELECT FOO
    S1: * 1 EXISTS
    S1: * OK [UIDVALIDITY ...]
    S1: OK
    C1: FETCH 1 (UID)
    S1: * 1 FETCH (UID ...)
    S1: OK
  ]=],
}
