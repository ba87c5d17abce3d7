--- RFC 2971 3.1, 3.2: ID is answered in every state, with at most one ID response before the tagged reply, and changes no state.
return scenario {
  name = "id-states",
  cites = "ID-3.1-d ID-3.1-b ID-3.2-a ID-3.2-c ID-3.2-d T-ID-1",
  needs = "ID",
  given = { FOO = { messages = 2 } },
  play = [=[
    @open C2 login=no
    C2: ID NIL
    S2: * ID ...
    S2: OK
    C2: ID ("name" "sodr" "version" "19.34")
    S2: * ID ...
    S2: OK
    C2: LOGIN $user(1) $pass(1)
    S2: OK
    S2: ...
    C2: ID NIL
    S2: * ID ...
    S2: OK
    C2: SELECT FOO
    C2: ID ("name" "sodr")
    S2: * ID ...
    S2: OK
    # ID-3.1-d: the mailbox is still selected
    C2: FETCH 2 (UID)
    S2: * 2 FETCH (UID ...)
    S2: OK
    C2: LOGOUT
    S2: * BYE
    S2: OK
  ]=],
}
