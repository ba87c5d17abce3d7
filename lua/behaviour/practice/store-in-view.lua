--- STORE is OK for all; the session goes on to see the new flags on expunged messages, too.
return behaviour {
  name  = "store-in-view",
  point = "store.expunged",
  cites = "R3501-6.4.6 MAP-I1",

  STORE = function(msgs, by)
    msgs:store_living()
    msgs:store_view()
    if not by.silent then msgs:tell_all() end
    return OK "Stored"
  end,
}
