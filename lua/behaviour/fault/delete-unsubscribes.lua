--- DELETE takes the name off the subscriptions.
return behaviour {
  name  = "delete-unsubscribes",
  point = "fault.mailbox",
  cites = "MAP-I14 R3501-6.3.6",
  fault = true,

  mailbox = function(box, by)
    if by.delete then box:unsubscribe() end
  end,
}
