--- What the reference server does unless told otherwise: one sensible answer at each choice point.
local deleted = OK "Mailbox deleted"

return behaviour {
  name  = "default",
  point = "delete.in_use",
  cites = "R3501-7.1.1 R3501-7.1.2",

  DELETE = function(box, by)
    box:destroy()
    if not by.own then box:disconnect_others() end
    if not by.other then box:close_own() end
    return deleted
  end,

  RENAME = function(box, by)
    box:keep()
    return OK "Mailbox renamed"
  end,

  CREATE = function(box, by)
    box:fresh()
    return OK "Mailbox created"
  end,

  EXPUNGE = function(msgs, by)
    msgs:expunge()
    return OK "Expunged"
  end,

  FETCH = function(msgs, by)
    msgs:true_data()
    return OK "Fetched"
  end,

  STORE = function(msgs, by)
    if by.silent then
      msgs:store_living()
      return OK "Stored"
    end
    if by.some then
      msgs:store_living()
      msgs:tell_living()
    end
    return NO "Some of the messages no longer exist"
  end,

  SEARCH = function(msgs, by)
    msgs:omit()
    return OK "Searched"
  end,

  COPY = function(msgs, by) return NO "Some of the requested messages were expunged" end,
  beyond_view = function(msgs, by) return BAD "No such message" end,

  STATUS = function(box, by)
    box:truth()
    return OK "Status"
  end,

  error = function(session, by) return BAD "Error in command" end,
  unsolicited = function(msgs, by) msgs:now() end,
  recent = function(msgs, by) msgs:none() end,
  select_failed = function(box, by) box:deselect() end,
  tell_exists = function(msgs, by) msgs:now() end,
  tell_expunge = function(msgs, by) msgs:now() end,
  tell_flags = function(msgs, by) msgs:now() end,

  ID = function(session, by)
    session:list()
    return OK "ID completed"
  end,

  id_limits = function(session, by) session:accept() end,
  CLIENTID = function(session, by) session:accept() end,
  clientid_type = function(session, by)
    if by.mixed then session:accept() else session:refuse() end
  end,
  login_refused = function(session, by) return NO "Failed to authenticate" end,
  visible = function(box, who) return who.inside end,
  last_one_left = function(box) box:destroy() end,
  pieces = function(session, by) session:whole() end,
}
