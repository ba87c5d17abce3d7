--- APPENDUID names a UID that is not there.
return behaviour {
  name  = "append-wrong-uid",
  point = "fault.append",
  cites = "MAP-I16 R4315-3-x",
  fault = true,

  append = function(box, by) box:wrong_copyuid() end,
}
