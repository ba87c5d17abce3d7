--- FETCH answers empty data and OK, also if all messages are expunged: section 4.1.3 has it and advises against it.
return behaviour {
  name  = "fetch-nil-always",
  point = "fetch.expunged",
  cites = "T-MAP-17",

  FETCH = function(msgs, by)
    msgs:empty_data()
    return OK "Fetched"
  end,
}
