--- CREATE is refused while others are still inside an old mailbox of that name, whatever became of it.
return behaviour {
  name  = "create-refused",
  point = "create.recycled",
  cites = "R3501-6.3.3",

  CREATE = function(box, by)
    if by.orphan then return NO("Mailbox is still in use", "INUSE") end
  end,
}
