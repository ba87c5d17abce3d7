--- RFC 3501 6.3.6, 6.3.9: DELETE does not take the name from the subscriptions; a ghost may stay there, too (T-MAP-11).
return scenario {
  name = "subscription-survives",
  cites = "MAP-I14 T-MAP-11",
  given = { FOO = {} },
  play = [=[
    C1: SUBSCRIBE FOO
    S1: OK
    C1: DELETE FOO
    S1: OK
    C1: LSUB "" $box*
    S1: * LSUB ... FOO
    S1: OK
    C1: UNSUBSCRIBE FOO
    S1: OK
    C1: LSUB "" $box*
    S1!: * LSUB ... FOO
    S1: OK
  ]=],
}
