--- STORE sets the flags of the next message, too.
return behaviour {
  name  = "store-hits-neighbour",
  point = "fault.store",
  cites = "MAP-I10",
  fault = true,

  store = function(msgs, by) msgs:neighbour() end,
}
