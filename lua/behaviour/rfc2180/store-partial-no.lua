--- RFC 2180 section 4.2.3: STORE of a mixture sets and tells the flags of the living, and says NO.
return behaviour {
  name  = "store-partial-no",
  point = "store.expunged",
  cites = "MAP-4.2.3-a",

  STORE = function(msgs, by)
    if by.silent or by.all then return end
    msgs:store_living()
    msgs:tell_living()
    return NO "Some of the messages no longer exist"
  end,
}
