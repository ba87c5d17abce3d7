--- After a NO because of expunged messages the expunges are never told: the client cannot go on.
return behaviour {
  name  = "never-tells-after-no",
  point = "fault.tell",
  cites = "MAP-I9 MAP-4.1.2-a",
  fault = true,

  tell = function(msgs, by) msgs:never_tell() end,
  FETCH = function(msgs, by)
    msgs:absent()
    return NO "Some of the requested messages no longer exist"
  end,
}
