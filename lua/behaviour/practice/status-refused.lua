--- STATUS of the own selected mailbox is refused.
return behaviour {
  name  = "status-refused",
  point = "status.selected",
  cites = "T-MAP-10 R3501-6.3.10-c",

  STATUS = function(box, by) return NO "The mailbox is selected" end,
}
