--- SEARCH is answered with the tag of the command before.
return behaviour {
  name  = "replies-old-tag",
  point = "fault.tagged",
  cites = "MAP-I13 R3501-2.2.2",
  fault = true,

  tagged = function(session, by)
    if by.search then session:old_tag() end
  end,
}
