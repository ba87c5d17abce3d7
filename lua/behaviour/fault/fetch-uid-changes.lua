--- Each look at a message shows another UID.
return behaviour {
  name  = "fetch-uid-changes",
  point = "fault.fetch",
  cites = "MAP-I8",
  fault = true,

  fetch = function(msgs, by) msgs:uid_changes() end,
}
