--- Those who sent ID are offered a capability more.
return behaviour {
  name  = "id-adds-capability",
  point = "fault.id",
  cites = "ID-3-g",
  fault = true,

  id = function(session, by) session:id_feature() end,
}
