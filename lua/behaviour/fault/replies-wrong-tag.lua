--- COPY and MOVE are answered with a tag that no command had.
return behaviour {
  name  = "replies-wrong-tag",
  point = "fault.tagged",
  cites = "MAP-I13 R3501-2.2.1",
  fault = true,

  tagged = function(session, by)
    if by.copy then session:wrong_tag() end
  end,
}
