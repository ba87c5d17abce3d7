--- CREATE of a name whose old mailbox others still use makes a new mailbox, which their view follows.
return behaviour {
  name  = "create-followed",
  point = "create.recycled",
  cites = "R3501-6.3.3 MAP-I8",

  CREATE = function(box, by)
    box:follow()
    return OK "Mailbox created"
  end,
}
