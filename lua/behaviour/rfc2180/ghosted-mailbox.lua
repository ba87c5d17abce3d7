--- RFC 2180 section 3.2: DELETE succeeds, yet those already inside keep the mailbox.
return behaviour {
  name  = "ghosted-mailbox",
  point = "delete.in_use",
  cites = "MAP-3.2-a MAP-3.2-b MAP-3.2-c MAP-3.2-d",

  DELETE = function(box, by)
    box:ghost() -- the name goes, the messages stay
    return OK "Mailbox deleted"
  end,

  visible = function(box, who) return who.inside end, -- for LIST, STATUS, SELECT, ...
  CREATE = function(box, by)
    if by.ghost then return NO "Mailbox is still in use; try again later" end
  end,
  last_one_left = function(box) box:destroy() end,
}
