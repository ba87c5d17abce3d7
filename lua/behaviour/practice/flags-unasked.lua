--- Flags that others changed are sent unasked.
return behaviour {
  name  = "flags-unasked",
  point = "fetch.unsolicited",
  cites = "R3501-7-m R3501-5.2-f",

  unsolicited = function(msgs, by) msgs:now() end,
}
