--- APPEND is OK and stores nothing.
return behaviour {
  name  = "append-loses",
  point = "fault.append",
  cites = "R3501-6.3.11 MAP-I16",
  fault = true,

  append = function(box, by) box:lose_write() end,
}
