--- STORE tells flags other than those that it sets.
return behaviour {
  name  = "store-tells-wrong-flags",
  point = "fault.store",
  cites = "MAP-I10 R3501-6.4.6",
  fault = true,

  store = function(msgs, by) msgs:wrong_flags() end,
}
