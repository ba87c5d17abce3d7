--- RFC 3501 6.3.5: RENAME of INBOX moves its messages away and leaves it there, so that RFC 2180's practices do not fit (T-MAP-23).
return scenario {
  name = "rename-inbox",
  cites = "T-MAP-23 MAP-3.1-a MAP-3.4-a",
  needs = "INBOX",
  given = { INBOX = { messages = 2, open_in = { 2 }, by = 2 } },
  play = [=[
    C1: RENAME INBOX BAR
    S1: OK
    C1: STATUS BAR (MESSAGES)
    S1: * STATUS BAR (MESSAGES 2)
    S1: OK
    C1: STATUS INBOX (MESSAGES)
    S1: * STATUS INBOX (MESSAGES 0)
    S1: OK
    C2: NOOP
    S2: OK
    S2: ...
  ]=],
}
