--- RENAME of the own selected mailbox succeeds, and everybody inside is cut off with BYE, the caller too.
return behaviour {
  name  = "rename-cuts-own",
  point = "rename.in_use",
  cites = "T-MAP-12 R3501-7.1.5",

  RENAME = function(box, by)
    if by.other then return end
    if by.both then box:disconnect_others() end
    box:disconnect_own()
    return OK "Mailbox renamed"
  end,
}
