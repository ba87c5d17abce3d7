--- STORE sets and tells the flags of the living, is OK and says EXPUNGEISSUED (Dovecot).
return behaviour {
  name  = "store-living-issued",
  point = "store.expunged",
  cites = "R3501-6.4.6 R5530-3",

  STORE = function(msgs, by)
    msgs:store_living()
    if not by.silent then msgs:tell_living() end
    return OK("Some messages were already expunged", "EXPUNGEISSUED")
  end,
}
