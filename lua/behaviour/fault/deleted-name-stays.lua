--- A deleted name is still listed and can be selected.
return behaviour {
  name  = "deleted-name-stays",
  point = "fault.mailbox",
  cites = "R3501-6.3.4",
  fault = true,

  mailbox = function(box, by) box:name_stays() end,
}
