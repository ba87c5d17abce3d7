--- The reply to NOOP has an untagged NO before it, which has no text (mutt crashed on it, CVE-2018-14349).
return behaviour {
  name  = "status-without-text",
  point = "fault.tagged",
  cites = "R3501-9 R3501-9-text",
  fault = true,

  tagged = function(session, by)
    if by.noop then session:no_text() end
  end,
}
