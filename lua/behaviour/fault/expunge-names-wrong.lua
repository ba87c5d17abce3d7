--- EXPUNGE names the message before the one that is gone.
return behaviour {
  name  = "expunge-names-wrong",
  point = "fault.tell",
  cites = "MAP-I5 MAP-I1",
  fault = true,

  tell = function(msgs, by) msgs:expunge_wrong() end,
}
