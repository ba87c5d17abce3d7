--- RFC 2180 section 4.3: SEARCH leaves out the expunged messages of which the client was not told.
return behaviour {
  name  = "search-omits",
  point = "search.expunged",
  cites = "MAP-4.2x-a",

  SEARCH = function(msgs, by)
    msgs:omit()
    return OK "Searched"
  end,
}
