--- A number above the view's size, or * in an empty mailbox, is answered BAD.
return behaviour {
  name  = "beyond-bad",
  point = "range.beyond_view",
  cites = "R3501-9-seq T-MAP-9",

  beyond_view = function(msgs, by) return BAD "No such message" end,
}
