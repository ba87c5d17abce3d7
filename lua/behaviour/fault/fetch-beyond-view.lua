--- FETCH answers for a number above the view's size.
return behaviour {
  name  = "fetch-beyond-view",
  point = "fault.fetch",
  cites = "MAP-I7",
  fault = true,

  fetch = function(msgs, by)
    if by.seq then msgs:seq_beyond() end
  end,
}
