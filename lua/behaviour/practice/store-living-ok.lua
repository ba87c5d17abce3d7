--- STORE sets and tells the flags of the living and is OK.
return behaviour {
  name  = "store-living-ok",
  point = "store.expunged",
  cites = "R3501-6.4.6",

  STORE = function(msgs, by)
    if by.silent then return end
    msgs:store_living()
    msgs:tell_living()
    return OK "Stored"
  end,
}
