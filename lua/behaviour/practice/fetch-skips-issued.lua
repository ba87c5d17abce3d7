--- FETCH passes over expunged messages, is OK and says EXPUNGEISSUED.
return behaviour {
  name  = "fetch-skips-issued",
  point = "fetch.expunged",
  cites = "R5530-3",

  FETCH = function(msgs, by)
    msgs:absent()
    return OK("Some messages were already expunged", "EXPUNGEISSUED")
  end,
}
