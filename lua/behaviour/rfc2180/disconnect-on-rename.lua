--- RFC 2180 section 3.3: RENAME succeeds and cuts off everybody else inside with BYE.
return behaviour {
  name  = "disconnect-on-rename",
  point = "rename.in_use",
  cites = "MAP-3.3-a",

  RENAME = function(box, by)
    if by.own then return end
    box:disconnect_others()
    return OK "Mailbox renamed"
  end,
}
