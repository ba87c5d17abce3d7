--- STORE 3 writes to the third message that is left, not to the third of the view (hMailServer).
return behaviour {
  name  = "store-renumbers",
  point = "fault.store",
  cites = "MAP-I1 MAP-I10",
  fault = true,

  store = function(msgs, by)
    if by.seq then msgs:shift_seq() end
  end,
}
