--- STATUS of the own selected mailbox tells what this session has been told.
return behaviour {
  name  = "status-view",
  point = "status.selected",
  cites = "T-MAP-10",

  STATUS = function(box, by)
    box:view()
    return OK "Status"
  end,
}
