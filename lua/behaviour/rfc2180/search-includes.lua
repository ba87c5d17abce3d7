--- RFC 2180 section 4.3 is a MAY: SEARCH still finds expunged messages of which the client was not told.
return behaviour {
  name  = "search-includes",
  point = "search.expunged",
  cites = "MAP-4.2x-a",

  SEARCH = function(msgs, by)
    msgs:include()
    return OK "Searched"
  end,
}
