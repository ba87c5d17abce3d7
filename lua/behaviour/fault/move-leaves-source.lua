--- MOVE tells its messages as gone, but leaves them in the source.
return behaviour {
  name  = "move-leaves-source",
  point = "fault.copy",
  cites = "R6851-3.3-b MAP-I5",
  fault = true,

  copy = function(msgs, by)
    if by.move then msgs:move_keeps() end
  end,
}
