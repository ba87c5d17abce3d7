--- COPYUID's two sets differ in length.
return behaviour {
  name  = "copy-short-uids",
  point = "fault.copy",
  cites = "MAP-I16 R4315-3-x",
  fault = true,

  copy = function(msgs, by) msgs:short_copyuid() end,
}
