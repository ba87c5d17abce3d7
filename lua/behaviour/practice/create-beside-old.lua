--- CREATE of a name whose old mailbox others still use makes a new mailbox; they keep the old one.
return behaviour {
  name  = "create-beside-old",
  point = "create.recycled",
  cites = "R3501-6.3.3 MAP-I8",

  CREATE = function(box, by)
    box:fresh()
    return OK "Mailbox created"
  end,
}
