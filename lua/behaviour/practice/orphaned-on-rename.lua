--- RENAME succeeds; those inside stay connected, but whatever they ask of the mailbox is answered NO.
return behaviour {
  name  = "orphaned-on-rename",
  point = "rename.in_use",
  cites = "R3501-7.1.2",

  RENAME = function(box, by)
    box:orphan()
    return OK "Mailbox renamed"
  end,
}
