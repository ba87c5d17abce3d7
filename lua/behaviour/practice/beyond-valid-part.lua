--- Numbers above the view's size are passed over; the command acts on the rest.
return behaviour {
  name  = "beyond-valid-part",
  point = "range.beyond_view",
  cites = "T-MAP-9",

  beyond_view = function(msgs, by)
    msgs:valid_part()
    return OK "Completed"
  end,
}
