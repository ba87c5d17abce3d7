--- After a SELECT that fails the previous mailbox is still selected, against RFC 3501 6.3.1.
return behaviour {
  name  = "select-fails-kept",
  point = "select.failed",
  cites = "R3501-6.3.1",

  select_failed = function(box, by)
    if by.selected then box:keep_selected() end
  end,
}
