--- A new message gets a UID below the last one.
return behaviour {
  name  = "append-uid-descends",
  point = "fault.append",
  cites = "MAP-I8",
  fault = true,

  append = function(box, by) box:uid_descends() end,
}
