--- RFC 2180 section 4.2.2: STORE of expunged messages alone gets nothing but a tagged NO.
return behaviour {
  name  = "store-gone-no",
  point = "store.expunged",
  cites = "MAP-4.2.2-a",

  STORE = function(msgs, by)
    if by.silent or by.some then return end
    return NO "Messages have been expunged"
  end,
}
