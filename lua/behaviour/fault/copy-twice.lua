--- COPY copies each message twice.
return behaviour {
  name  = "copy-twice",
  point = "fault.copy",
  cites = "MAP-I16 R3501-6.4.7 MAP-I5",
  fault = true,

  copy = function(msgs, by) msgs:twice() end,
}
