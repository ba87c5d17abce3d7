--- FETCH tells flags older than those that this session was told or wrote.
return behaviour {
  name  = "fetch-stale-flags",
  point = "fault.fetch",
  cites = "MAP-I1 R3501-7.4.2",
  fault = true,

  fetch = function(msgs, by) msgs:stale_flags() end,
}
