--- The ID response has an odd number of strings.
return behaviour {
  name  = "id-odd-list",
  point = "fault.id",
  cites = "ID-3.1-e ID-4-c R3501-9",
  fault = true,

  id = function(session, by) session:id_odd() end,
}
