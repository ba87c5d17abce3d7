--- STORE over expunged messages is refused as a whole, yet the flags of the living change.
return behaviour {
  name  = "store-refused-yet-done",
  point = "fault.store",
  cites = "MAP-I10 MAP-4.2.4-a",
  fault = true,

  store = function(msgs, by) msgs:write_on_no() end,
  STORE = function(msgs, by) return NO "Some of the messages no longer exist" end,
}
