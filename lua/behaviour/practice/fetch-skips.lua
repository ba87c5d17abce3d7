--- FETCH passes over expunged messages and is OK.
return behaviour {
  name  = "fetch-skips",
  point = "fetch.expunged",
  cites = "R3501-7.1.1",

  FETCH = function(msgs, by)
    msgs:absent()
    return OK "Fetched"
  end,
}
