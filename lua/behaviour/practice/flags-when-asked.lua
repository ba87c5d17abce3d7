--- Flags that others changed are not sent unasked.
return behaviour {
  name  = "flags-when-asked",
  point = "fetch.unsolicited",
  cites = "R3501-7.4.2",

  unsolicited = function(msgs, by) msgs:later() end,
}
