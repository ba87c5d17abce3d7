--- RFC 2180 section 4.2.4: STORE of a mixture sets nothing, tells nothing, and says NO.
return behaviour {
  name  = "store-atomic-no",
  point = "store.expunged",
  cites = "MAP-4.2.4-a",

  STORE = function(msgs, by)
    if by.silent or by.all then return end
    return NO "Some of the messages no longer exist"
  end,
}
