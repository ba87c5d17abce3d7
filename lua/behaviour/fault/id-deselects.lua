--- ID ends the selection.
return behaviour {
  name  = "id-deselects",
  point = "fault.id",
  cites = "ID-3.1-d",
  fault = true,

  id = function(session, by)
    if by.selected then session:id_state() end
  end,
}
