--- STORE writes in a mailbox opened by EXAMINE.
return behaviour {
  name  = "examine-writes",
  point = "fault.select",
  cites = "R3501-6.3.2",
  fault = true,

  select = function(box, by)
    if by.examine then box:examine_writes() end
  end,
}
