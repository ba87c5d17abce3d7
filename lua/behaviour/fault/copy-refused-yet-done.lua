--- COPY of expunged messages is refused, yet the destination has new messages.
return behaviour {
  name  = "copy-refused-yet-done",
  point = "fault.copy",
  cites = "MAP-I11 R2180-4.4.1 R3501-6.4.7 MAP-I5",
  fault = true,

  copy = function(msgs, by) msgs:write_on_no() end,
  COPY = function(msgs, by) return NO "Some of the requested messages were expunged" end,
}
