--- COPY copies another message.
return behaviour {
  name  = "copy-takes-neighbour",
  point = "fault.copy",
  cites = "MAP-I16",
  fault = true,

  copy = function(msgs, by) msgs:neighbour_copied() end,
}
