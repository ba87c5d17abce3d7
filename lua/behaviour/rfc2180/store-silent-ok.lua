--- RFC 2180 section 4.2.1: STORE .SILENT that reached all who live is OK (also if none does, T-MAP-18).
return behaviour {
  name  = "store-silent-ok",
  point = "store.expunged",
  cites = "MAP-4.2.1-a",

  STORE = function(msgs, by)
    if not by.silent then return end
    msgs:store_living()
    return OK "Stored"
  end,
}
