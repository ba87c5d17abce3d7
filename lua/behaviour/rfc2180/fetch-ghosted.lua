--- RFC 2180 section 4.1.1: expunged messages can be fetched until their EXPUNGE is told.
return behaviour {
  name  = "fetch-ghosted",
  point = "fetch.expunged",
  cites = "MAP-4.1.1-a",

  FETCH = function(msgs, by)
    msgs:true_data()
    return OK "Fetched"
  end,
}
