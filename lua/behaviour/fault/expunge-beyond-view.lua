--- EXPUNGE names a number above the view's size.
return behaviour {
  name  = "expunge-beyond-view",
  point = "fault.tell",
  cites = "MAP-I4",
  fault = true,

  tell = function(msgs, by)
    if by.noop then msgs:expunge_beyond() end
  end,
}
