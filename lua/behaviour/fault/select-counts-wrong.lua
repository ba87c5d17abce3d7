--- SELECT counts one message too many.
return behaviour {
  name  = "select-counts-wrong",
  point = "fault.select",
  cites = "R3501-7.3.1 MAP-I5",
  fault = true,

  select = function(box, by) box:exists_wrong() end,
}
