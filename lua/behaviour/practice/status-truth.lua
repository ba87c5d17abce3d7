--- STATUS of the own selected mailbox tells what the mailbox holds, told or not.
return behaviour {
  name  = "status-truth",
  point = "status.selected",
  cites = "T-MAP-10",

  STATUS = function(box, by)
    box:truth()
    return OK "Status"
  end,
}
