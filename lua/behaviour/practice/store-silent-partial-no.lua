--- STORE .SILENT over expunged messages sets the flags of the living, yet says NO.
return behaviour {
  name  = "store-silent-partial-no",
  point = "store.expunged",
  cites = "T-MAP-18",

  STORE = function(msgs, by)
    if not by.silent or by.all then return end
    msgs:store_living()
    return NO "Some of the messages no longer exist"
  end,
}
