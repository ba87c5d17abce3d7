--- Each SELECT shows another UIDVALIDITY.
return behaviour {
  name  = "select-validity-drifts",
  point = "fault.select",
  cites = "MAP-I8 R3501-2.3.1.1",
  fault = true,

  select = function(box, by) box:validity_changes() end,
}
