--- RFC 2180 3.2: DELETE succeeds, those inside keep the mailbox, for all others it is gone, and its name is kept back.
return scenario {
  name = "golden-map-3.2",
  cites = "MAP-3.2-a MAP-3.2-b MAP-3.2-c MAP-3.2-d MAP-3.2-ex1 MAP-3.2-ex2 MAP-3.2-ex3 MAP-3.2-ex4 MAP-3.2-ex5 T-MAP-10 T-MAP-11",
  given = { FOO = { messages = 6, open_in = { 2 }, by = 2 }, BAR = { by = 2, messages = 1 } },
  play = [=[
    # MAP-3.2-ex1
    C1: DELETE FOO
    S1: OK
    # MAP-3.2-a: content stays for those inside
    C2: FETCH 1:2 (RFC822.SIZE)
    S2: * 1 FETCH (RFC822.SIZE ...)
    S2: * 2 FETCH (RFC822.SIZE ...)
    S2: OK
    C2: STORE 1 +FLAGS (\Seen)
    S2: * 1 FETCH (FLAGS (\Seen))
    S2: OK
    # MAP-3.2-ex2 (T-MAP-10)
    C2: STATUS FOO (MESSAGES)
    S2: * STATUS FOO (MESSAGES 6)
    S2: OK
    # MAP-3.2-ex3 MAP-3.2-c: for all others there is no such mailbox
    C3: STATUS FOO (MESSAGES)
    S3: NO
    C3: SELECT FOO
    S3: NO
    S3: ...
    C3: EXAMINE FOO
    S3: NO
    S3: ...
    C3: APPEND FOO {10}
      | Subject: x
    S3: NO
    C3: SELECT BAR
    C3: COPY 1 FOO
    S3: NO
    C3: RENAME FOO QUX
    S3: NO
    C3: LIST "" $boxFOO
    S3!: * LIST ... FOO
    S3: OK
    # MAP-3.2-ex4 MAP-3.2-d
    C3: CREATE FOO
    S3: NO
    # MAP-3.2-ex5 MAP-3.2-b
    C2: CLOSE
    S2: OK
    C3: CREATE FOO
    S3: OK
    C3: STATUS FOO (MESSAGES)
    S3: * STATUS FOO (MESSAGES 0)
    S3: OK
  ]=],
}
