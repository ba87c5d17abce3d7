--- STORE .SILENT over expunged messages sets nothing and says NO.
return behaviour {
  name  = "store-silent-no",
  point = "store.expunged",
  cites = "T-MAP-18",

  STORE = function(msgs, by)
    if by.silent then return NO "Some of the messages no longer exist" end
  end,
}
