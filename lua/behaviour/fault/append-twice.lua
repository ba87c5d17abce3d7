--- APPEND stores the message twice.
return behaviour {
  name  = "append-twice",
  point = "fault.append",
  cites = "R3501-6.3.11 MAP-I5",
  fault = true,

  append = function(box, by) box:twice() end,
}
