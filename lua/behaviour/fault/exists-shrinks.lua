--- Removed messages are told by a lower EXISTS, without EXPUNGE.
return behaviour {
  name  = "exists-shrinks",
  point = "fault.tell",
  cites = "MAP-I6 R3501-5.2-e",
  fault = true,

  tell = function(msgs, by) msgs:exists_shrinks() end,
}
