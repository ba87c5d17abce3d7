--- The reply to STORE ends in LF without CR.
return behaviour {
  name  = "replies-end-in-lf",
  point = "fault.tagged",
  cites = "R3501-9",
  fault = true,

  tagged = function(session, by)
    if by.store then session:lf_alone() end
  end,
}
