--- EXPUNGE removes a message that is not marked, too.
return behaviour {
  name  = "expunge-takes-undeleted",
  point = "fault.expunge",
  cites = "R3501-6.4.3 MAP-I5",
  fault = true,

  expunge = function(msgs, by) msgs:undeleted() end,
}
