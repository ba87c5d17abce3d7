--- RFC 2180 section 3.3: DELETE succeeds and cuts off everybody else inside with BYE.
return behaviour {
  name  = "disconnect-on-delete",
  point = "delete.in_use",
  cites = "MAP-3.3-a",

  DELETE = function(box, by)
    if by.own then return end
    box:destroy()
    box:disconnect_others()
    if by.both then box:close_own() end -- the draft is silent on the caller (T-MAP-12)
    return OK "Mailbox deleted"
  end,
}
