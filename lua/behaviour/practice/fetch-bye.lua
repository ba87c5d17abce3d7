--- FETCH of an expunged message ends the session with BYE.
return behaviour {
  name  = "fetch-bye",
  point = "fetch.expunged",
  cites = "R3501-7.1.5",

  FETCH = function(msgs, by)
    msgs:absent()
    return BYE "FETCH failed; some messages were expunged"
  end,
}
