--- After a SELECT that fails no mailbox is selected.
return behaviour {
  name  = "select-fails-deselected",
  point = "select.failed",
  cites = "R3501-6.3.1",

  select_failed = function(box, by) box:deselect() end,
}
