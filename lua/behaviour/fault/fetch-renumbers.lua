--- FETCH 3 shows the third message that is left, not the third of the view (hMailServer).
return behaviour {
  name  = "fetch-renumbers",
  point = "fault.fetch",
  cites = "MAP-I1 MAP-I2",
  fault = true,

  fetch = function(msgs, by)
    if by.seq then msgs:shift_seq() end
  end,
}
