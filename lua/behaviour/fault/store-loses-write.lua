--- STORE is OK, tells the new flags, and writes nothing.
return behaviour {
  name  = "store-loses-write",
  point = "fault.store",
  cites = "MAP-I10 R3501-6.4.6",
  fault = true,

  store = function(msgs, by) msgs:lose_write() end,
}
