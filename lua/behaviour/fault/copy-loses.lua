--- COPY is OK and copies nothing.
return behaviour {
  name  = "copy-loses",
  point = "fault.copy",
  cites = "MAP-I16 R3501-6.4.7 MAP-I5",
  fault = true,

  copy = function(msgs, by) msgs:lose_write() end,
}
