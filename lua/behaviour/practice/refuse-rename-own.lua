--- RENAME of the mailbox that only the caller itself has selected is refused.
return behaviour {
  name  = "refuse-rename-own",
  point = "rename.in_use",
  cites = "T-MAP-12 R3501-6.3.5",

  RENAME = function(box, by)
    if by.own then return NO("Mailbox is selected", "INUSE") end
  end,
}
