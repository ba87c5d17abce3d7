--- A new message gets the UID of the last one.
return behaviour {
  name  = "append-reuses-uid",
  point = "fault.append",
  cites = "MAP-I8",
  fault = true,

  append = function(box, by) box:uid_reused() end,
}
