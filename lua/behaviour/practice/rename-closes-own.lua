--- RENAME of the own selected mailbox succeeds, and the caller has none selected any more.
return behaviour {
  name  = "rename-closes-own",
  point = "rename.in_use",
  cites = "T-MAP-12 R3501-6.3.5",

  RENAME = function(box, by)
    if by.other then return end
    if by.both then box:disconnect_others() end
    box:close_own()
    return OK "Mailbox renamed"
  end,
}
