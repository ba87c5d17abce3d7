--- DELETE of a mailbox in use is refused, yet the mailbox is gone.
return behaviour {
  name  = "delete-refused-yet-gone",
  point = "delete.in_use",
  cites = "R3501-6.3.4 MAP-3.1-a MAP-I5",
  fault = true,

  DELETE = function(box, by)
    box:destroy()
    return NO("Mailbox is in use by another user", "INUSE")
  end,
}
