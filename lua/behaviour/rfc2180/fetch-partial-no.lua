--- RFC 2180 section 4.1.2: data for the living alone, and a tagged NO.
return behaviour {
  name  = "fetch-partial-no",
  point = "fetch.expunged",
  cites = "MAP-4.1.2-a MAP-4.1.2-b",

  FETCH = function(msgs, by)
    msgs:absent()
    return NO "Some of the requested messages no longer exist"
  end,
}
