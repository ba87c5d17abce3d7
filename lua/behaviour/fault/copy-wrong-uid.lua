--- COPYUID names UIDs that are not there.
return behaviour {
  name  = "copy-wrong-uid",
  point = "fault.copy",
  cites = "MAP-I16 R4315-3-x",
  fault = true,

  copy = function(msgs, by) msgs:wrong_copyuid() end,
}
