--- RFC 2180 section 4.1.3: empty data for the expunged and a tagged OK; if all are expunged, only NO.
return behaviour {
  name  = "fetch-nil",
  point = "fetch.expunged",
  cites = "MAP-4.1.3-a MAP-4.1.3-b",

  FETCH = function(msgs, by)
    if by.all then
      msgs:absent()
      return NO "All requested messages have been expunged"
    end
    msgs:empty_data()
    return OK "Fetched"
  end,
}
